/// Finds words that follow a name which says that they are secret, such as `api_key = "…"`, and look like one: long enough, and
/// as mixed as what a machine makes up.
///
/// - Parameter isJSON: whether members of objects are passed over, whose names were looked at before.
func findNamedSecrets(in bytes: [UInt8], isJSON: Bool = false) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let span = bytes.span
    var index = 0
    while index < span.count {
        // A name ends at `=` or `:`; JSON's own colons have a quotation mark before that nothing escapes.
        let byte = span[index]
        guard byte == 0x3D || byte == 0x3A,
            !isJSON || index < 2 || span[index - 1] != 0x22 || span[index - 2] == 0x5C,
            let place = secret(in: bytes, behind: index)
        else {
            index += 1
            continue
        }
        found.append(place)
        index = place.upperBound
    }
    return found
}

private func secret(in bytes: [UInt8], behind mark: Int) -> Range<Int>? {
    var end = mark
    while end > 0, isSpace(bytes[end - 1]) || bytes[end - 1] == 0x22 || bytes[end - 1] == 0x5C || bytes[end - 1] == 0x27
    {
        end -= 1
    }
    var start = end
    while start > 0, end - start < 48, isNameByte(bytes[start - 1]) { start -= 1 }
    let strength = end - start >= 3 ? nameStrength(bytes[start..<end]) : .none
    guard strength != .none else { return nil }
    var first = mark + 1
    // `=>`, `:=`, spaces, quotation marks, and what JSON escapes of them.
    while first < bytes.count, first - mark < 8,
        isSpace(bytes[first]) || [0x22, 0x27, 0x5C, 0x3E, 0x3D, 0x60].contains(bytes[first])
    { first += 1 }
    for scheme in schemes where bytes[first...].starts(with: scheme) { first += scheme.count }
    // By its beginning one sees what it is: most of what stands behind a name is none, and names can stand close together.
    guard looksSecret(bytes[first..<wordEnd(first, in: bytes, most: 64)], strength) else { return nil }
    return first..<wordEnd(first, in: bytes, most: 512)
}

/// Where a word ends, without points and commas behind it.
private func wordEnd(_ first: Int, in bytes: [UInt8], most: Int) -> Int {
    var last = first
    while last < bytes.count, last - first < most, isSecretByte(bytes[last]) { last += 1 }
    while last > first, bytes[last - 1] == 0x2E || bytes[last - 1] == 0x2C { last -= 1 }
    return last
}

/// What stands before a credential in `Authorization` (RFC 9110 §11.6.2).
private let schemes = ["Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "].map { Array($0.utf8) }

/// Whether a field's name and value together say that the value is a secret.
func isNamedSecret(_ name: String, _ value: String) -> Bool {
    // Most values are too short to be one, whatever their name is.
    value.utf8.count >= leastStrong && looksSecret(Array(value.utf8)[...], nameStrength(Array(name.utf8)[...]))
}

/// How much a name says.
private enum NameStrength {
    case none
    /// Something is kept under it that may be a secret: `_key`.
    case weak
    case strong
}

/// Bytes of the shortest word that is taken for a secret.
private let leastStrong = 10

private func looksSecret(_ word: ArraySlice<UInt8>, _ strength: NameStrength) -> Bool {
    switch strength {
    case .none: false
    case .weak: word.count >= 20 && !word.contains(0x20) && looksRandom(word, least: 3.5)
    case .strong: word.count >= leastStrong && !word.contains(0x20) && looksRandom(word, least: 3.0)
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E: true
    default: false
    }
}

private func isSecretByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x2F, 0x3D, 0x5F, 0x7E, 0x21, 0x40, 0x23, 0x25: true
    default: false
    }
}

/// Whether the last word or two of a name are what secrets are called.
private func nameStrength(_ name: ArraySlice<UInt8>) -> NameStrength {
    let letters = name.filter { $0 != 0x5F && $0 != 0x2D && $0 != 0x2E }.map {
        (0x41...0x5A).contains($0) ? $0 + 32 : $0
    }
    func ends(with word: [UInt8]) -> Bool { letters.suffix(word.count).elementsEqual(word) }
    if harmlessWords.contains(where: ends) { return .none }
    if secretWords.contains(where: ends) { return .strong }
    return name.suffix(4).elementsEqual("_key".utf8) || name.suffix(4).elementsEqual("-key".utf8)
        || name.suffix(4).elementsEqual("_KEY".utf8) ? .weak : .none
}

/// Tokens that only say where a list goes on.
private let harmlessWords: [[UInt8]] = [
    "pagetoken", "nexttoken", "continuationtoken", "synctoken", "idempotencykey", "primarykey", "sortkey", "cachekey",
].map { Array($0.utf8) }

private let secretWords: [[UInt8]] = [
    "password", "passwd", "pwd", "passphrase", "secret", "secretkey", "apikey", "token", "accesskey", "privatekey",
    "credential", "credentials", "authkey", "clientkey", "signingkey", "encryptionkey", "webhookkey", "authorization",
    "consumerkey",
].map { Array($0.utf8) }

/// Whether a word has the mix of characters that made-up secrets have (Shannon's entropy, bits for each character), and is not a
/// word, a number, a path or a placeholder.
private func looksRandom(_ word: ArraySlice<UInt8>, least: Double) -> Bool {
    var counts: [256 of UInt16] = .init(repeating: 0)
    var digits = 0, letters = 0, slashes = 0
    let word = word.prefix(4096)
    for byte in word {
        counts[Int(byte)] &+= 1
        switch byte {
        case 0x30...0x39: digits += 1
        case 0x41...0x5A, 0x61...0x7A: letters += 1
        case 0x2F: slashes += 1
        default: break
        }
    }
    guard digits > 0, letters > 0, slashes < 3 else { return false }
    // Sums of logarithms of whole numbers, without a floating-point library.
    let length = Double(word.count)
    var entropy = 0.0
    for index in 0..<256 where counts[index] > 0 {
        let share = Double(counts[index]) / length
        entropy -= share * log2(share)
    }
    return entropy >= least
}

/// The binary logarithm by its series (atanh), exact enough to compare with a bound.
private func log2(_ value: Double) -> Double {
    var (mantissa, exponent) = (value, 0.0)
    while mantissa < 1 {
        mantissa *= 2
        exponent -= 1
    }
    while mantissa >= 2 {
        mantissa /= 2
        exponent += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var term = ratio, sum = 0.0
    for step in stride(from: 1, through: 15, by: 2) {
        sum += term / Double(step)
        term *= ratio * ratio
    }
    return exponent + 2 * sum / 0.6931471805599453
}
