import Testing

@testable import Backends

@Suite struct AddressRuleTests {
    private func objection(_ address: String, allowing ranges: [String] = []) throws -> AddressRule.Reason? {
        let allowed = try ranges.map { try #require(CIDR($0)) }
        return AddressRule(allowed: allowed).objection(to: try #require(IPAddress(address), "\(address)"))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
        "192.0.3.0", "192.88.98.255", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
        "203.0.112.255", "203.0.114.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1",
        "2001:4860::8888",
        "2001:200::1", "64:ff9b::8.8.8.8",
    ])
    func `public addresses pass`(address: String) throws {
        #expect(try objection(address) == nil)
    }

    @Test(arguments: [
        ("0.0.0.0", AddressRule.Reason.unspecified), ("0.1.2.3", .unspecified), ("10.0.0.0", .privateUse),
        ("10.255.255.255", .privateUse), ("100.64.0.0", .sharedAddressSpace), ("100.127.255.255", .sharedAddressSpace),
        ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("169.254.0.1", .linkLocal),
        ("169.254.255.255", .linkLocal), ("172.16.0.0", .privateUse), ("172.31.255.255", .privateUse),
        ("192.0.0.8", .reserved), ("192.0.2.1", .documentation), ("192.88.99.1", .reserved),
        ("192.168.0.1", .privateUse),
        ("192.168.255.255", .privateUse), ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
        ("198.51.100.1", .documentation), ("203.0.113.255", .documentation), ("224.0.0.1", .multicast),
        ("239.255.255.255", .multicast), ("240.0.0.1", .reserved), ("255.255.255.254", .reserved),
        ("255.255.255.255", .broadcast),
        ("::", .unspecified), ("::1", .loopback), ("100::1", .reserved), ("2001:2::1", .benchmarking),
        ("2001:10::1", .reserved), ("2001:db8::1", .documentation), ("3fff::1", .documentation),
        ("3fff:fff::1", .documentation), ("4000::1", .reserved), ("5f00::1", .reserved), ("fc00::1", .privateUse),
        ("fdff::1", .privateUse), ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .privateUse),
        ("ff02::1", .multicast),
        // The IPv4 address inside does not matter: these forms have no business in DNS.
        ("::ffff:8.8.8.8", .embedded), ("::ffff:127.0.0.1", .embedded), ("::ffff:0:10.0.0.1", .embedded),
        ("::8.8.8.8", .embedded), ("::127.0.0.1", .embedded), ("2002:808:808::1", .embedded),
        ("2002:7f00:1::1", .embedded), ("2001:0:808:808::f7f7:f7f7", .embedded), ("64:ff9b:1::8.8.8.8", .embedded),
        // Here it decides.
        ("64:ff9b::127.0.0.1", .loopback), ("64:ff9b::10.0.0.1", .privateUse), ("64:ff9b::0.0.0.0", .unspecified),
    ])
    func `addresses that are not public are forbidden`(address: String, reason: AddressRule.Reason) throws {
        #expect(try objection(address) == reason)
    }

    @Test(arguments: [
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "::ffff:169.254.169.254", "::ffff:0:169.254.169.254",
        "::169.254.169.254", "64:ff9b::169.254.169.254", "64:ff9b::100.100.100.200", "64:ff9b:1::169.254.169.254",
        // The other places where a translator with a shorter prefix keeps the address.
        "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:12a9:fe:a9fe::", "64:ff9b:1:0:a9:fea9:fe00:0",
        "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1", "2001:0:808:808::5601:5601",
    ])
    func `metadata addresses are forbidden even where everything is named`(address: String) throws {
        #expect(try objection(address, allowing: ["0.0.0.0/0", "::/0"]) == .metadata)
        #expect(try objection(address) == .metadata)
    }

    @Test(arguments: [
        ("127.0.0.1", ["127.0.0.0/8"]), ("10.1.2.3", ["192.168.0.0/16", "10.0.0.0/8"]), ("::1", ["::1/128"]),
        ("fd12::1", ["fd12::/16"]), ("169.254.1.1", ["169.254.0.0/16"]), ("64:ff9b::10.0.0.1", ["10.0.0.0/8"]),
        ("64:ff9b:1::10.0.0.1", ["64:ff9b:1::/48"]), ("2002:808:808::1", ["2002::/16"]),
    ])
    func `a named range opens its addresses`(address: String, ranges: [String]) throws {
        #expect(try objection(address) != nil)
        #expect(try objection(address, allowing: ranges) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", ["10.0.0.0/8"], AddressRule.Reason.loopback), ("10.0.0.1", ["10.0.0.0/32"], .privateUse),
        ("::1", ["127.0.0.0/8"], .loopback), ("::ffff:10.0.0.1", ["10.0.0.0/8"], .embedded),
        ("fe80::1", ["fc00::/7"], .linkLocal),
        // Naming the tunnel does not name what is at its other end.
        ("2002:a00:1::1", ["2002::/16"], .privateUse), ("64:ff9b::10.0.0.1", ["64:ff9b::/96"], .privateUse),
    ])
    func `a named range opens nothing else`(address: String, ranges: [String], reason: AddressRule.Reason) throws {
        #expect(try objection(address, allowing: ranges) == reason)
    }
}
