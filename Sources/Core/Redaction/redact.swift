package import JSON

/// What takes the place of a secret.
package let redacted = JSONValue.string("[redacted]")

/// Takes out of a record what must not be written down, at any depth: values of fields whose names say that they are secret, and
/// what the operator names.
package struct Redaction: Sendable, Hashable {
    /// Names that the schema marks as secret (`format: password`, `writeOnly`) or that the operator names; names that are
    /// secret by their words are known anyway.
    package var secrets: Set<String>
    package var fields: [FieldTreatment]

    package init(secrets: Set<String> = [], fields: [FieldTreatment] = []) {
        self.secrets = secrets
        self.fields = fields
    }

    /// - Parameter sweeper: makes what stays in place of a value; without one nothing does.
    package func redact(_ object: JSONObject, with sweeper: Sweeper? = nil) -> JSONObject {
        redact(object, below: [], sweeper) ?? object
    }

    /// - Returns: nil where everything stays, as in most records.
    private func redact(_ object: JSONObject, below path: [String], _ sweeper: Sweeper?) -> JSONObject? {
        var result: JSONObject?
        for (index, member) in object.enumerated() {
            guard let value = redact(member, below: path, sweeper) else {
                result?.append(member.key, member.value)
                continue
            }
            if result == nil { result = JSONObject(members: Array(object.prefix(index))) }
            result?.append(member.key, value)
        }
        return result
    }

    private func redact(_ member: JSONObject.Member, below path: [String], _ sweeper: Sweeper?) -> JSONValue? {
        let value = member.value
        if secrets.contains(member.key) || isSecretName(member.key)
            || value.string.map({ isNamedSecret(member.key, $0) }) ?? false
        {
            return replaced(value, sweeper)
        }
        let path = fields.isEmpty ? path : path + [member.key]
        if let field = fields.first(where: { path.suffix($0.path.count).elementsEqual($0.path) }) {
            return treated(value, field.treatment, sweeper)
        }
        return redact(value, below: path, sweeper)
    }

    private func redact(_ value: JSONValue, below path: [String], _ sweeper: Sweeper?) -> JSONValue? {
        switch value {
        case .object(let object): return redact(object, below: path, sweeper).map { .object($0) }
        case .array(let array):
            let elements = array.map { redact($0, below: path, sweeper) }
            guard elements.contains(where: { $0 != nil }) else { return nil }
            return .array(zip(elements, array).map { $0 ?? $1 })
        case .string(let text): return redactInside(text, below: path, sweeper)
        case .null, .bool, .number: return nil
        }
    }

    /// A text that holds JSON, with the same taken out of it; nil where it is none, or nothing in it has to go.
    private func redactInside(_ text: String, below path: [String], _ sweeper: Sweeper?) -> JSONValue? {
        guard text.utf8.count <= 65_536, let first = text.utf8.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let inner = try? JSONParser.parse(
                Array(text.utf8), options: JSONParser.Options(recordsDuplicates: true, allowsNull: true))
        else { return nil }
        // Each text inside a text is shorter, with its quotation marks escaped, so this ends.
        return redact(inner, below: path, sweeper).map { .string($0.text) }
    }

    private func treated(_ value: JSONValue, _ treatment: Treatment, _ sweeper: Sweeper?) -> JSONValue {
        if value == .null { return value }
        switch treatment {
        case .drop: return "[dropped]"
        case .hash: return replaced(value, sweeper)
        case .mask:
            let characters = Array(value.string ?? value.text)
            guard characters.count > 4 else { return "***" }
            return .string("\(characters[0])***\(String(characters.suffix(2)))")
        }
    }

    private func replaced(_ value: JSONValue, _ sweeper: Sweeper?) -> JSONValue {
        guard let sweeper else { return redacted }
        return .string(sweeper.placeholder(value.string.map { Array($0.utf8) } ?? value.bytes))
    }
}

/// Whether a field's name says that its value is a secret.
package func isSecretName(_ name: String) -> Bool {
    var letters: [32 of UInt8] = .init(repeating: 0)
    var count = 0
    for byte in name.utf8 {
        let letter: UInt8
        switch byte {
        case 0x41...0x5A: letter = byte + 32
        case 0x61...0x7A, 0x30...0x39: letter = byte
        default: continue
        }
        // Of a long name the end is kept, which is what endings are looked for in.
        if count == 32 {
            for index in 1..<32 { letters[index - 1] = letters[index] }
            count = 31
        }
        letters[count] = letter
        count += 1
    }
    for ending in secretEndings where ends(letters, count, with: ending) { return true }
    for secret in secretNames where secret.utf8CodeUnitCount == count && ends(letters, count, with: secret) {
        return true
    }
    return false
}

private func ends(_ letters: [32 of UInt8], _ count: Int, with ending: StaticString) -> Bool {
    let length = ending.utf8CodeUnitCount
    guard length <= count else { return false }
    return ending.withUTF8Buffer { text in
        for offset in 0..<length where unsafe text[offset] != letters[count - length + offset] { return false }
        return true
    }
}

private let secretNames: [StaticString] = [
    "password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesstoken", "refreshtoken", "idtoken", "token",
    "authorization", "privatekey", "clientsecret", "cvv", "cvc", "pin", "otp", "credential", "credentials",
]

private let secretEndings: [StaticString] = [
    "password", "secret", "apikey", "privatekey", "accesstoken", "refreshtoken",
]
