package import JSON

/// What takes the place of a secret.
package let redacted = JSONValue.string("[redacted]")

/// Takes the values of secret arguments out, at any depth, before anything is written.
///
/// - Parameter secrets: names that the schema marks as secret (`format: password`, `writeOnly`) or that the operator
///   names; names that are secret by their words are known here.
package func redact(_ arguments: JSONObject, secrets: Set<String>) -> JSONObject {
    JSONObject(
        members: arguments.map { member in
            if secrets.contains(member.key) || isSecretName(member.key) {
                return JSONObject.Member(key: member.key, value: redacted)
            }
            return JSONObject.Member(key: member.key, value: redact(member.value, secrets: secrets))
        })
}

private func redact(_ value: JSONValue, secrets: Set<String>) -> JSONValue {
    switch value {
    case .object(let object): .object(redact(object, secrets: secrets))
    case .array(let array): .array(array.map { redact($0, secrets: secrets) })
    case .null, .bool, .number, .string: value
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
