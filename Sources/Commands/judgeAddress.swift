import Backends

/// Judges where a connection may go: nowhere inside but to what is named, and on loopback only where that is allowed.
func judgeAddress(
    allowsLoopback: Bool, and named: [CIDR] = []
) -> @Sendable (_ host: String, _ port: Int) async throws -> String? {
    let allowed = named + (allowsLoopback ? [CIDR("127.0.0.0/8"), CIDR("::1/128")].compactMap { $0 } : [])
    return { host, _ in
        let rule = AddressRule(allowed: allowed)
        let addresses = try resolveHost(host)
        guard !addresses.isEmpty, addresses.allSatisfy({ rule.objection(to: $0) == nil }) else { return nil }
        return addresses.first?.description
    }
}
