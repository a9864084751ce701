/// Why bytes are not the JSON that was asked for, and where.
public struct JSONSyntaxError: Error, Sendable, Hashable {
    /// The kinds of refusal. Each has one sentence in ``JSONSyntaxError/message``.
    public enum Reason: Sendable, Hashable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case invalidNumber
        case invalidEscape
        case loneSurrogate
        case controlCharacter
        case invalidUTF8
        case nullCharacter
        case duplicateKey(String)
        case tooDeep(limit: Int)
        case tooLarge(limit: Int)
        case tooManyValues(limit: Int)
        case trailingBytes
    }

    public let reason: Reason
    /// Offset of the offending byte from the start of the text.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One sentence without the place.
    public var message: String {
        switch reason {
        case .unexpectedEnd: "the text ends before the value does"
        case .unexpectedByte(let byte):
            byte > 0x20 && byte < 0x7F
                ? "unexpected '\(Character(UnicodeScalar(byte)))'" : "unexpected byte 0x\(String(byte, radix: 16))"
        case .invalidNumber: "not a number"
        case .invalidEscape: "not an escape sequence"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter: "a control character inside a string must be escaped"
        case .invalidUTF8: "not UTF-8"
        case .nullCharacter: "U+0000 is not allowed in a string"
        case .duplicateKey(let key): "the name \"\(key.prefix(64))\" appears twice in one object"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .trailingBytes: "more text after the value"
        }
    }
}
