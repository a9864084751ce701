/// RFC 3986, RFC 3987 with Unicode, and URI templates of RFC 6570.
enum URIFormats {
    static func isReference(_ text: String, isAbsolute: Bool, allowsUnicode: Bool) -> Bool {
        let reference = URIReference(text)
        if let scheme = reference.scheme {
            guard let first = scheme.utf8.first, ASCII.isLetter(first) else { return false }
            guard scheme.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || ASCII.isOne($0, of: "+-.") }) else {
                return false
            }
        } else if isAbsolute {
            return false
        }
        if let authority = reference.authority, !isAuthority(authority, allowsUnicode) { return false }
        return consists(reference.path, of: "/:@", allowsUnicode)
            && reference.query.map { consists($0, of: "/:@?", allowsUnicode, allowsPrivate: true) } ?? true
            && reference.fragment.map { consists($0, of: "/:@?", allowsUnicode) } ?? true
    }

    private static func isAuthority(_ text: String, _ allowsUnicode: Bool) -> Bool {
        var host = Substring(text)
        if let at = host.utf8.lastIndex(of: 0x40) {
            guard consists(String(host[..<at]), of: ":", allowsUnicode) else { return false }
            host = host[host.utf8.index(after: at)...]
        }
        if host.utf8.first == 0x5B {
            guard let close = host.utf8.lastIndex(of: 0x5D) else { return false }
            let literal = Array(host.utf8[..<close].dropFirst())
            let rest = host.utf8[host.utf8.index(after: close)...]
            guard rest.isEmpty || rest.first == 0x3A, rest.dropFirst().allSatisfy(ASCII.isDigit) else { return false }
            return HostFormats.isIPv6(literal[...]) || isFutureAddress(literal)
        }
        if let colon = host.utf8.lastIndex(of: 0x3A) {
            guard host.utf8[colon...].dropFirst().allSatisfy(ASCII.isDigit) else { return false }
            host = host[..<colon]
        }
        return consists(String(host), of: "", allowsUnicode)
    }

    /// `IPvFuture`, `v1.x`.
    private static func isFutureAddress(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first | 0x20 == 0x76, let dot = bytes.firstIndex(of: 0x2E), dot > 1 else {
            return false
        }
        let address = bytes[(dot + 1)...]
        return bytes[1..<dot].allSatisfy(ASCII.isHex) && !address.isEmpty
            && address.allSatisfy { ASCII.isAlphanumeric($0) || ASCII.isOne($0, of: "-._~!$&'()*+,;=:") }
    }

    /// Whether all is unreserved, a sub-delimiter, percent-encoded or one of the given.
    private static func consists(
        _ text: String, of more: StaticString, _ allowsUnicode: Bool, allowsPrivate: Bool = false
    ) -> Bool {
        var percent = 0
        for scalar in text.unicodeScalars {
            guard scalar.isASCII, case let byte = UInt8(truncatingIfNeeded: scalar.value) else {
                guard percent == 0, allowsUnicode, isUnicode(scalar, allowsPrivate) else { return false }
                continue
            }
            if percent > 0 {
                guard ASCII.isHex(byte) else { return false }
                percent -= 1
            } else if byte == 0x25 {
                percent = 2
            } else {
                guard
                    ASCII.isAlphanumeric(byte) || ASCII.isOne(byte, of: "-._~!$&'()*+,;=")
                        || ASCII.isOne(byte, of: more)
                else { return false }
            }
        }
        return percent == 0
    }

    /// `ucschar` and `iprivate` of RFC 3987 §2.2.
    private static func isUnicode(_ scalar: Unicode.Scalar, _ allowsPrivate: Bool) -> Bool {
        switch scalar.value {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0xE000...0xF8FF, 0xF0000...0x10FFFF: allowsPrivate && scalar.value & 0xFFFE != 0xFFFE
        case 0xE0000...0xE0FFF: false
        case 0x10000...0xEFFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }

    // MARK: Templates

    static func isTemplate(_ text: String) -> Bool {
        var reader = ByteReader(text)
        while let byte = reader.next {
            if byte == 0x7B {
                guard expression(&reader) else { return false }
            } else if byte == 0x25 {
                guard percentEncoded(&reader) else { return false }
            } else {
                // RFC 6570 §2.1, but for the apostrophe, which readers let in.
                guard byte > 0x20, byte != 0x7F, !ASCII.isOne(byte, of: "\"<>\\^`|}"), reader.take(byte) else {
                    return false
                }
            }
        }
        return true
    }

    private static func percentEncoded(_ reader: inout ByteReader) -> Bool {
        guard reader.take(0x25) else { return false }
        for _ in 0..<2 { guard let next = reader.next, ASCII.isHex(next), reader.take(next) else { return false } }
        return true
    }

    private static func expression(_ reader: inout ByteReader) -> Bool {
        guard reader.take(0x7B) else { return false }
        if let next = reader.next, ASCII.isOne(next, of: "+#./;?&=,!@|") { _ = reader.take(next) }
        repeat {
            guard variable(&reader) else { return false }
        } while reader.take(0x2C)
        return reader.take(0x7D)
    }

    private static func variable(_ reader: inout ByteReader) -> Bool {
        repeat {
            var count = 0
            while let next = reader.next {
                if ASCII.isAlphanumeric(next) || next == 0x5F {
                    _ = reader.take(next)
                } else if next == 0x25 {
                    guard percentEncoded(&reader) else { return false }
                } else {
                    break
                }
                count += 1
            }
            guard count > 0 else { return false }
        } while reader.take(0x2E)
        if reader.take(0x2A) { return true }
        guard reader.take(0x3A) else { return true }
        return reader.next != 0x30 && (1...4).contains(reader.skipDigits())
    }
}
