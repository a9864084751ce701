import JSON

extension ParameterBinding {
    /// The value of a header field (style `simple`).
    ///
    /// - Returns: nil when there is nothing to send.
    /// - Throws: ``RequestRefusal`` for control and non-ASCII characters, white space at the ends, which RFC 9110
    ///   §5.5 lets a recipient drop, and elements that contain a comma.
    func headerValue(_ value: JSONValue) throws(RequestRefusal) -> String? {
        let text: String
        switch value {
        case .null: return nil
        case _ where style.form == .json: text = Self.asciiOnly(value.text)
        case .array(let elements):
            if elements.isEmpty { return nil }
            var parts: [String] = []
            for element in elements { parts.append(try listed(element)) }
            text = parts.joined(separator: ",")
        case .object(let object):
            if object.isEmpty { return nil }
            var parts: [String] = []
            for entry in object {
                let key = try listed(.string(entry.key))
                guard !style.explode || !key.utf8.contains(0x3D) else {
                    throw refusal(.unsafeValue, "A member's name contains an equals sign.")
                }
                parts.append(key + (style.explode ? "=" : ",") + (try listed(entry.value)))
            }
            text = parts.joined(separator: ",")
        default: text = try self.text(value)
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw refusal(.controlCharacter, "A header takes printable ASCII only.")
        }
        guard text.utf8.first != 0x20, text.utf8.last != 0x20 else {
            throw refusal(.unsafeValue, "A header's value cannot start or end with white space.")
        }
        return text
    }

    private func listed(_ value: JSONValue) throws(RequestRefusal) -> String {
        let text = try text(value)
        guard !text.utf8.contains(0x2C) else {
            throw refusal(.unsafeValue, "An element contains the comma that separates elements.")
        }
        guard text.utf8.first != 0x20, text.utf8.last != 0x20 else {
            throw refusal(.unsafeValue, "An element cannot start or end with white space.")
        }
        return text
    }

    /// JSON text with everything beyond ASCII written as escapes.
    private static func asciiOnly(_ json: String) -> String {
        if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
        var result = ""
        for unit in json.utf16 {
            if unit < 0x7F {
                result.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            } else {
                let hex = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            }
        }
        return result
    }
}
