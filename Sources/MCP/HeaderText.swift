/// Values of the headers that mirror a part of the body: `Mcp-Name` and `Mcp-Param-*`.
///
/// A text that a header cannot carry travels as `=?base64?…?=` (2026-07-28, streamable-http, Value Encoding).
public enum HeaderText {
    private static let prefix = "=?base64?"
    private static let suffix = "?="

    /// The value that carries a text.
    public static func encoded(_ text: String) -> String {
        let bytes = text.utf8
        let isPlain =
            bytes.allSatisfy { $0 >= 0x20 && $0 <= 0x7E } && bytes.first != 0x20 && bytes.last != 0x20
            && !isSentinel(bytes)
        return isPlain ? text : prefix + String(decoding: Base64.encoded(Array(bytes)), as: UTF8.self) + suffix
    }

    /// The text that a value carries.
    ///
    /// - Returns: nil when the value has bytes that no header may have, or when it looks encoded and is not strict,
    ///   padded, canonical Base64 of UTF-8. What is refused here can therefore never equal a part of a body.
    public static func decoded(_ value: String) -> String? {
        let bytes = value.trimmingHeaderSpace.utf8
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 <= 0x7E || $0 == 0x09 }) else { return nil }
        guard isSentinel(bytes) else { return String(bytes) }
        guard let plain = Base64.decoded(bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)) else {
            return nil
        }
        return String(validating: plain, as: UTF8.self)
    }

    private static func isSentinel(_ bytes: String.UTF8View) -> Bool {
        bytes.count >= prefix.utf8.count + suffix.utf8.count && bytes.starts(with: prefix.utf8)
            && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
