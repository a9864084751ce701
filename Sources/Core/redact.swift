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
    var letters: [UInt8] = []
    for byte in name.utf8 {
        switch byte {
        case 0x41...0x5A: letters.append(byte + 32)
        case 0x61...0x7A, 0x30...0x39: letters.append(byte)
        default: break
        }
    }
    let plain = String(decoding: letters, as: UTF8.self)
    return secretNames.contains(plain) || secretEndings.contains { plain.hasSuffix($0) }
}

private let secretNames: Set<String> = [
    "password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesstoken", "refreshtoken", "idtoken", "token",
    "authorization", "privatekey", "clientsecret", "cvv", "cvc", "pin", "otp", "credential", "credentials",
]

private let secretEndings = ["password", "secret", "apikey", "privatekey", "accesstoken", "refreshtoken"]
