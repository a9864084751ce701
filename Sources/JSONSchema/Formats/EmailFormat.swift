/// `Mailbox` of RFC 5321 §4.1.2, and of RFC 6531 §3.3 with Unicode.
enum EmailFormat {
    static func isAddress(_ text: String, allowsUnicode: Bool) -> Bool {
        let bytes = Array(text.utf8)
        // A quoted local part may hold `@`; a domain never does.
        guard let at = bytes.lastIndex(of: 0x40), at <= 64 else { return false }
        return isLocalPart(bytes[..<at], allowsUnicode) && isDomain(bytes[(at + 1)...], allowsUnicode)
    }

    private static func isLocalPart(_ bytes: ArraySlice<UInt8>, _ allowsUnicode: Bool) -> Bool {
        if bytes.first == 0x22 {
            return bytes.count >= 2 && bytes.last == 0x22 && isQuoted(bytes.dropFirst().dropLast(), allowsUnicode)
        }
        return bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy { byte in
                    ASCII.isAlphanumeric(byte) || ASCII.isOne(byte, of: "!#$%&'*+-/=?^_`{|}~")
                        || (allowsUnicode && byte >= 0x80)
                }
        }
    }

    private static func isQuoted(_ bytes: ArraySlice<UInt8>, _ allowsUnicode: Bool) -> Bool {
        var isEscaped = false
        for byte in bytes {
            let isText = (byte >= 0x20 && byte < 0x7F) || (allowsUnicode && byte >= 0x80)
            guard isText else { return false }
            if isEscaped {
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else if byte == 0x22 {
                return false
            }
        }
        return !isEscaped
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>, _ allowsUnicode: Bool) -> Bool {
        if bytes.first == 0x5B {
            guard bytes.last == 0x5D, bytes.count > 2 else { return false }
            let literal = bytes.dropFirst().dropLast()
            let tag = literal.prefix(5).map { $0 | 0x20 }
            return tag == Array("ipv6:".utf8) ? HostFormats.isIPv6(literal.dropFirst(5)) : HostFormats.isIPv4(literal)
        }
        guard allowsUnicode, bytes.contains(where: { $0 >= 0x80 }) else {
            return HostFormats.isHostname(String(decoding: bytes, as: UTF8.self))
        }
        return bytes.count <= 255
            && bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty && label.first != 0x2D && label.last != 0x2D
                    && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2D || $0 >= 0x80 }
            }
    }
}
