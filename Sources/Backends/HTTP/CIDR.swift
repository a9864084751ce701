/// A range of IP addresses: a base address and the number of leading bits that count (RFC 4632 §3.1).
package struct CIDR: Sendable, Hashable {
    package let base: IPAddress
    /// 0…32 for IPv4, 0…128 for IPv6.
    package let prefix: Int

    /// Reads `base/prefix`; `nil` unless it is the canonical way to write the range.
    ///
    /// Bits behind the prefix must be zero, so that a slip such as `10.1.2.3/8` is noticed rather than widened. An IPv4
    /// range written inside IPv6 (`::ffff:10.0.0.0/104`) is refused: it has an IPv4 name.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPAddress(parts[0]) else { return nil }
        guard let prefix = IPAddress.decimal(Array(parts[1].utf8)[...]) else { return nil }
        self.init(base: base, prefix: prefix)
    }

    /// The range of all addresses that share the first `prefix` bits of `base`; `nil` if `base` has bits behind them.
    package init?(base: IPAddress, prefix: Int) {
        switch base {
        case .v4(let quad):
            guard (0...32).contains(prefix), quad & ~Self.mask32(prefix) == 0 else { return nil }
        case .v6(let high, let low):
            guard (0...128).contains(prefix) else { return nil }
            guard high & ~Self.mask64(prefix) == 0, low & ~Self.mask64(prefix - 64) == 0 else { return nil }
            guard !(high == 0 && low >> 32 == 0xFFFF && prefix >= 96) else { return nil }
        }
        self.base = base
        self.prefix = prefix
    }

    /// Whether the address lies in the range. An IPv4 address lies in no IPv6 range, nor the other way round.
    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let base), .v4(let quad)): quad & Self.mask32(prefix) == base
        case (.v6(let baseHigh, let baseLow), .v6(let high, let low)):
            high & Self.mask64(prefix) == baseHigh && low & Self.mask64(prefix - 64) == baseLow
        default: false
        }
    }

    private static func mask32(_ bits: Int) -> UInt32 { ~(UInt32.max >> max(0, bits)) }
    private static func mask64(_ bits: Int) -> UInt64 { ~(UInt64.max >> max(0, bits)) }
}

extension CIDR: CustomStringConvertible {
    package var description: String { "\(base)/\(prefix)" }
}
