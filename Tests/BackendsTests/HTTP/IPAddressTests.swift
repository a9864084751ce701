import TestSupport
import Testing

@testable import Backends

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("127.0.0.1", "127.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:127.0.0.1", "::ffff:7f00:1"), ("64:ff9b::8.8.8.8", "64:ff9b::808:808"),
        ("1:2:3:4:5:6:9.8.7.6", "1:2:3:4:5:6:908:706"), ("0001:0002::", "1:2::"),
    ])
    func `reads addresses and writes the canonical form`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(networkBytes: address.networkBytes) == address)
    }

    @Test(arguments: [
        "", "1", "127.1", "127.0.1", "127.0.0.1.", ".127.0.0.1", "127.0.0.01", "127.0.0.1.1", "0177.0.0.1",
        "0x7f.0.0.1",
        "256.0.0.1", "1.2.3", "1.2.3.", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.1000", "2130706433",
        "0x7f000001", "١.2.3.4", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1%eth0", "[::1]", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7",
        "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4",
    ])
    func `refuses everything else`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `every address survives writing and reading`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            // Sparse words, so that runs of zero groups occur.
            let high = random.next() & random.next() & random.next() & 0xFFFF_0000_FFFF_0000
            let low = random.next() & (random.next() % 2 == 0 ? 0xFFFF : 0xFFFF_0000_0000_FFFF)
            let address = IPAddress.v6(high: high, low: low)
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test func `no other number of bytes is an address`() {
        for count in [0, 1, 3, 5, 15, 17] {
            #expect(IPAddress(networkBytes: Array(repeating: 1, count: count)) == nil)
        }
    }
}
