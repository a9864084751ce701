/// The guard against server-side request forgery: which addresses an upstream may have.
///
/// A name is resolved first and every address it has is judged; the judged address is then the one connected to.
/// Nothing that is not globally routable unicast is reachable unless the source's configuration names its range, and
/// the addresses at which clouds hand out credentials are never reachable.
///
/// Sources: IANA special-purpose address registries (RFC 6890 and its updates).
package struct AddressRule: Sendable {
    /// Why an address is forbidden.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// An instance metadata or credential endpoint of a cloud: not even a named range opens it.
        case metadata
        case loopback
        case unspecified
        case privateUse = "private-use"
        case sharedAddressSpace = "shared-address-space"
        case linkLocal = "link-local"
        case multicast
        case broadcast
        case documentation
        case benchmarking
        /// Set aside or not yet assigned for public unicast.
        case reserved
        /// An IPv6 form that carries an IPv4 address: mapped, compatible, 6to4, Teredo, local NAT64.
        case embedded
    }

    /// Ranges that the source's configuration names.
    package let allowed: [CIDR]

    package init(allowed: [CIDR] = []) {
        self.allowed = allowed
    }

    /// The reason why `address` must not be connected to, or `nil` if it may.
    package func objection(to address: IPAddress) -> Reason? {
        switch address {
        case .v4(let quad): objection(toQuad: quad)
        case .v6(let high, let low): objection(toHigh: high, low: low)
        }
    }

    private func objection(toQuad quad: UInt32) -> Reason? {
        if Self.metadataQuads.contains(quad) { return .metadata }
        guard let reason = Self.reason(quad) else { return nil }
        return allowed.contains { $0.contains(.v4(quad)) } ? nil : reason
    }

    private func objection(toHigh high: UInt64, low: UInt64) -> Reason? {
        let address = IPAddress.v6(high: high, low: low)
        if Self.metadataV6.contains(address) { return .metadata }
        let isNamed = allowed.contains { $0.contains(address) }
        switch Self.embedding(high: high, low: low) {
        case .none:
            guard let reason = Self.reason(high: high, low: low) else { return nil }
            return isNamed ? nil : reason
        case .translated(let quad):
            return objection(toQuad: quad)
        case .wrapped(let quads):
            if quads.contains(where: Self.metadataQuads.contains) { return .metadata }
            guard isNamed else { return .embedded }
            return quads.lazy.compactMap { objection(toQuad: $0) }.first
        case .localTranslation(let quads):
            if quads.contains(where: Self.metadataQuads.contains) { return .metadata }
            return isNamed ? nil : .embedded
        }
    }

    // MARK: IPv4

    /// AWS, Azure, Google and most others; ECS and EKS credentials; Azure's wire server; Alibaba; Oracle.
    private static let metadataQuads: Set<UInt32> = [
        0xA9FE_A9FE, 0xA9FE_AA02, 0xA9FE_AA17, 0xA83F_8110, 0x6464_64C8, 0xC000_00C0,
    ]

    /// Why the address is not globally routable unicast, or `nil` if it is.
    private static func reason(_ quad: UInt32) -> Reason? {
        func lies(in base: UInt32, _ prefix: UInt32) -> Bool { quad >> (32 - prefix) == base >> (32 - prefix) }
        if quad == 0xFFFF_FFFF { return .broadcast }
        if lies(in: 0x7F00_0000, 8) { return .loopback }
        if lies(in: 0x0000_0000, 8) { return .unspecified }
        if lies(in: 0x0A00_0000, 8) || lies(in: 0xAC10_0000, 12) || lies(in: 0xC0A8_0000, 16) { return .privateUse }
        if lies(in: 0x6440_0000, 10) { return .sharedAddressSpace }
        if lies(in: 0xA9FE_0000, 16) { return .linkLocal }
        if lies(in: 0xC000_0200, 24) || lies(in: 0xC633_6400, 24) || lies(in: 0xCB00_7100, 24) { return .documentation }
        if lies(in: 0xC612_0000, 15) { return .benchmarking }
        // IETF protocol assignments, the deprecated 6to4 relays, class E.
        if lies(in: 0xC000_0000, 24) || lies(in: 0xC058_6300, 24) || lies(in: 0xF000_0000, 4) { return .reserved }
        if lies(in: 0xE000_0000, 4) { return .multicast }
        return nil
    }

    // MARK: IPv6

    /// AWS, EKS credentials, Google.
    private static let metadataV6: Set<IPAddress> = [
        .v6(high: 0xFD00_0EC2_0000_0000, low: 0x254), .v6(high: 0xFD00_0EC2_0000_0000, low: 0x23),
        .v6(high: 0xFD20_00CE_0000_0000, low: 0x254),
    ]

    private enum Embedding {
        case none
        /// The translator of 64:ff9b::/96 forwards to this address (RFC 6052 §2.1).
        case translated(UInt32)
        /// A tunnel or the socket layer delivers to one of these.
        case wrapped([UInt32])
        /// 64:ff9b:1::/48 belongs to the operator's translator; these are the readings of RFC 6052 §2.2 (RFC 8215).
        case localTranslation([UInt32])
    }

    private static func embedding(high: UInt64, low: UInt64) -> Embedding {
        let tail = UInt32(truncatingIfNeeded: low)
        // ::ffff:0:0/96 mapped, ::ffff:0:0:0/96 translated (RFC 2765), ::/96 compatible without :: and ::1.
        if high == 0, [0xFFFF, 0xFFFF_0000, 0].contains(low >> 32), low > 1 { return .wrapped([tail]) }
        if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return .translated(tail) }
        if high >> 16 == 0x0064_FF9B_0001 {
            let high16 = UInt32(truncatingIfNeeded: high & 0xFFFF)
            return .localTranslation([
                high16 << 16 | UInt32(truncatingIfNeeded: low >> 40 & 0xFFFF),
                high16 << 24 | UInt32(truncatingIfNeeded: low >> 32 & 0xFF_FFFF),
                UInt32(truncatingIfNeeded: low >> 24),
                tail,
            ])
        }
        if high >> 48 == 0x2002 { return .wrapped([UInt32(truncatingIfNeeded: high >> 16)]) }
        // Teredo: the server's address, and the client's with its bits inverted (RFC 4380 §4).
        if high >> 32 == 0x2001_0000 { return .wrapped([UInt32(truncatingIfNeeded: high), ~tail]) }
        return .none
    }

    /// Why the address is not globally routable unicast, or `nil` if it is.
    private static func reason(high: UInt64, low: UInt64) -> Reason? {
        func lies(in base: UInt64, _ prefix: UInt64) -> Bool { high >> (64 - prefix) == base >> (64 - prefix) }
        if high == 0, low == 0 { return .unspecified }
        if high == 0, low == 1 { return .loopback }
        if lies(in: 0xFF00 << 48, 8) { return .multicast }
        if lies(in: 0xFE80 << 48, 10) { return .linkLocal }
        // Unique local, and the deprecated site-local.
        if lies(in: 0xFC00 << 48, 7) || lies(in: 0xFEC0 << 48, 10) { return .privateUse }
        if lies(in: 0x2001_0DB8 << 32, 32) || lies(in: 0x3FFF << 48, 20) { return .documentation }
        if lies(in: 0x2001_0002 << 32, 48) { return .benchmarking }
        // IETF protocol assignments (ORCHID and others).
        if lies(in: 0x2001 << 48, 23) { return .reserved }
        // Everything outside 2000::/3 is not assigned for global unicast.
        return lies(in: 0x2000 << 48, 3) ? nil : .reserved
    }
}
