import HTTP

/// Where an upstream lives: scheme, host and port (RFC 6454 §4).
package struct Origin: Sendable, Hashable {
    package enum Scheme: String, Sendable, Hashable {
        case http, https

        var defaultPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    /// A name to resolve, or an address that needs no resolving.
    package enum Host: Sendable, Hashable {
        /// ASCII, lower case, without a final dot.
        case name(String)
        case address(IPAddress)
    }

    package let scheme: Scheme
    package let host: Host
    /// 1…65535.
    package let port: Int

    /// The value of the `Host` header field: the port is named only where it is not the scheme's own (RFC 9110 §7.2).
    package var authority: String {
        let host =
            switch host {
            case .name(let name): name
            case .address(.v4(let quad)): IPAddress.v4(quad).description
            case .address(let address): "[\(address)]"
            }
        return port == scheme.defaultPort ? host : "\(host):\(port)"
    }
}

extension Origin: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(authority)" }
}

/// Reads the host and port of a URL.
extension Origin {
    static func parse(scheme: Scheme, authority: ArraySlice<UInt8>) throws(BaseURL.Flaw) -> Origin {
        guard !authority.isEmpty else { throw .noHost }
        guard !authority.contains(0x40) else { throw .userInfo }
        let hostBytes: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if authority.first == 0x5B {
            guard let end = authority.firstIndex(of: 0x5D) else { throw .badHost }
            hostBytes = authority[...end]
            rest = authority[(end + 1)...]
        } else {
            let end = authority.firstIndex(of: 0x3A) ?? authority.endIndex
            hostBytes = authority[..<end]
            rest = authority[end...]
        }
        var port = scheme.defaultPort
        if let colon = rest.first {
            guard colon == 0x3A else { throw .badHost }
            port = try parsePort(rest.dropFirst())
        }
        return Origin(scheme: scheme, host: try parseHost(hostBytes), port: port)
    }

    private static func parsePort(_ digits: ArraySlice<UInt8>) throws(BaseURL.Flaw) -> Int {
        guard (1...5).contains(digits.count), digits.first != 0x30,
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .badPort }
        let port = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard port <= 65535 else { throw .badPort }
        return port
    }

    private static func parseHost(_ bytes: ArraySlice<UInt8>) throws(BaseURL.Flaw) -> Host {
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.first == 0x5B {
            guard let address = IPAddress(text.dropFirst().dropLast()), case .v6 = address else { throw .badHost }
            return .address(address)
        }
        if let address = IPAddress(text) { return .address(address) }
        guard (1...253).contains(bytes.count) else { throw .badHost }
        let labels = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D else { throw .badHost }
            // The underscore is not in RFC 952, but container networks name hosts with it.
            guard label.allSatisfy({ ByteSet.alphanumeric.contains($0) || $0 == 0x2D || $0 == 0x5F }) else {
                throw .badHost
            }
        }
        // The C library reads 2130706433, 0x7f.1 and 0177.0.0.1 as addresses. No name in DNS ends in such a label.
        guard let last = labels.last, !isNumeric(last) else { throw .obscureAddress }
        return .name(text.lowercased())
    }

    private static func isNumeric(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        guard label.first == 0x30, let second = label.dropFirst().first, second | 0x20 == 0x78 else { return false }
        return label.dropFirst(2).allSatisfy { ByteSet.hexadecimal.contains($0) }
    }
}
