/// An address to fetch from or send to, read so strictly that no other reader can take it for another address.
package struct WebAddress: Sendable, Hashable {
    package let text: String
    /// A name or address in lower case, without brackets.
    package let host: String
    package let port: Int

    /// - Returns: nil for anything but `https://host[:port]/path[?query]` and, where it is allowed, the same with
    ///   `http` on a loopback address. User names, fragments, capital letters in hosts and escapes in hosts are refused.
    package init?(_ text: String, allowsLoopbackHTTP: Bool) {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        guard !text.utf8.contains(where: { "#@\\\"<>^`{|}".utf8.contains($0) }) else { return nil }
        let isPlain = text.hasPrefix("http://")
        guard isPlain || text.hasPrefix("https://") else { return nil }
        let rest = text.utf8.dropFirst(isPlain ? 7 : 8)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        var authority = rest[..<end]
        guard rest.suffix(from: end).first != UInt8(ascii: "?") else { return nil }
        var port = isPlain ? 80 : 443
        if authority.last != UInt8(ascii: "]"), let colon = authority.lastIndex(of: UInt8(ascii: ":")) {
            let digits = authority[authority.index(after: colon)...]
            guard
                (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                digits.first != 0x30, let number = Int(String(decoding: digits, as: UTF8.self)), number < 65_536
            else { return nil }
            port = number
            authority = authority[..<colon]
        }
        guard let host = Self.host(authority) else { return nil }
        if isPlain {
            guard allowsLoopbackHTTP, host == "127.0.0.1" || host == "::1" || host == "localhost" else { return nil }
        }
        self.text = text
        self.host = host
        self.port = port
    }

    private static func host(_ authority: Substring.UTF8View) -> String? {
        if authority.first == UInt8(ascii: "["), authority.last == UInt8(ascii: "]") {
            let address = authority.dropFirst().dropLast()
            let isPlausible =
                (2...45).contains(address.count)
                && address.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == UInt8(ascii: ":")
                        || $0 == UInt8(ascii: ".")
                }
            return isPlausible ? String(decoding: address, as: UTF8.self) : nil
        }
        let isPlausible =
            (1...253).contains(authority.count)
            && authority.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
        return isPlausible ? String(decoding: authority, as: UTF8.self) : nil
    }
}
