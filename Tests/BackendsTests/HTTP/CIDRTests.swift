import Testing

@testable import Backends

@Suite struct CIDRTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("10.1.2.3/32", "10.1.2.3", "10.1.2.4"),
        ("0.0.0.0/0", "255.255.255.255", "::1"), ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"),
        ("fc00::/7", "fdff::1", "fe00::"), ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
        ("2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff", "2001:db8::8000:0:0:0"), ("::1/128", "::1", "::2"),
        ("::/0", "ffff::", "1.2.3.4"),
    ])
    func `holds the addresses that share its bits`(text: String, inside: String, outside: String) throws {
        let range = try #require(CIDR(text))
        #expect(range.contains(try #require(IPAddress(inside))))
        #expect(range.contains(range.base))
        #expect(!range.contains(try #require(IPAddress(outside))))
        #expect(range.description == text)
    }

    @Test(arguments: [
        "", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
        "10.1.2.3/8", "10.0.0.0/8 ", " 10.0.0.0/8", "10/8", "10.0.0/24", "localhost/8", "fc00::/129", "fd00::1/8",
        "::ffff:10.0.0.0/104", "[fc00::]/7", "fe80::%eth0/10", "10.0.0.0/0x8", "10.0.0.0/1000",
    ])
    func `refuses what is not the canonical form`(text: String) {
        #expect(CIDR(text) == nil)
    }
}
