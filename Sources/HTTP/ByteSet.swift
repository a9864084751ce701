/// A set of ASCII bytes as two words, for the character classes of the HTTP grammar.
package struct ByteSet: Sendable {
    @usableFromInline package private(set) var low: UInt64 = 0
    @usableFromInline package private(set) var high: UInt64 = 0

    private init(_ characters: StaticString) {
        for byte in characters.description.utf8 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }

    @inlinable @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : byte < 128 ? high : 0
        return word >> UInt64(byte & 63) & 1 == 1
    }

    package static let alphanumeric = ByteSet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    package static let hexadecimal = ByteSet("0123456789ABCDEFabcdef")
    /// `tchar` of RFC 9110 §5.6.2: methods and field names.
    package static let token = ByteSet("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// The characters of a token that a credential is sent as (`token68` of RFC 9110 §11.2).
    package static let token68 = ByteSet("-._~+/=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// What may stand in path and query (RFC 3986 §3.3, §3.4), with the percent sign, and `[]` which many interfaces
    /// use raw in query names.
    package static let target = ByteSet(
        "-._~!$&'()*+,;=:@/?%[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    @inlinable @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Whether the byte may stand in a field value: visible, space, tab, or beyond ASCII (RFC 9110 §5.5).
    @inlinable @inline(__always)
    package static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    @inlinable @inline(__always)
    package static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
