/// A text with the form of a secret: a token as its issuer writes it, a private key, a password in an address.
package struct TokenShape: Sendable, Hashable {
    /// What it looks like.
    package var name: String
    /// Where in the bytes it stands.
    package var range: Range<Int>
    /// The part that must not be shown: of an address the password, of a private key all to its end.
    package var secret: Range<Int>

    init(name: String, range: Range<Int>, secret: Range<Int>? = nil) {
        self.name = name
        self.range = range
        self.secret = secret ?? range
    }
}

/// Finds texts with the form of a secret.
///
/// The forms are those that issuers publish for scanners of secrets. A form is no proof: examples in documents often hold
/// made-up tokens.
package func findTokenShapes(in bytes: Span<UInt8>) -> [TokenShape] {
    var found: [TokenShape] = []
    let beginnings = pairs.span
    var index = 0
    // Where no signed token begins before.
    var barren = 0
    let last = bytes.count - 1
    while index < last {
        // Two bytes that begin a form are rare; the rest of the text is passed over.
        let pair = Int(bytes[index]) << 8 | Int(bytes[index + 1])
        guard beginnings[pair >> 6] >> UInt64(pair & 63) & 1 == 1, let shape = shape(in: bytes, at: index, &barren)
        else {
            index += 1
            continue
        }
        found.append(shape)
        // What is taken out is not looked through again.
        index = max(shape.range.upperBound, shape.secret.upperBound)
    }
    return found
}

/// The first two bytes of every form, as a set of bits.
private let pairs: [UInt64] = forms.reduce(into: [UInt64](repeating: 0, count: 1024)) { pairs, form in
    let pair = Int(form.beginning[0]) << 8 | Int(form.beginning[1])
    pairs[pair >> 6] |= 1 << UInt64(pair & 63)
}

/// Longer ones are found by their beginning.
private let longest = 2_048

/// One published form: a beginning, and so many characters of a class after it.
private struct Form {
    var name: String
    var beginning: [UInt8]
    var least: Int
    var isWide: Bool

    /// - Parameter isWide: whether `-`, `_` and `.` belong to it beside letters and digits.
    init(_ name: String, _ beginning: String, _ least: Int, isWide: Bool = false) {
        self.name = name
        self.beginning = Array(beginning.utf8)
        self.least = least
        self.isWide = isWide
    }
}

private let forms: [Form] = [
    Form("an AWS access key id", "AKIA", 16), Form("an AWS access key id", "ASIA", 16),
    Form("a GitHub token", "ghp_", 36), Form("a GitHub token", "gho_", 36), Form("a GitHub token", "ghu_", 36),
    Form("a GitHub token", "ghs_", 36), Form("a GitHub token", "ghr_", 36),
    Form("a GitHub token", "github_pat_", 22, isWide: true), Form("a GitLab token", "glpat-", 20, isWide: true),
    Form("a Slack token", "xoxb-", 20, isWide: true), Form("a Slack token", "xoxp-", 20, isWide: true),
    Form("a secret key", "sk_live_", 16), Form("a secret key", "rk_live_", 16),
    Form("a secret key", "sk-", 32, isWide: true), Form("a Google key", "AIza", 35, isWide: true),
    Form("a Google token", "ya29.", 20, isWide: true), Form("a SendGrid key", "SG.", 40, isWide: true),
    Form("an npm token", "npm_", 36), Form("a PyPI token", "pypi-AgEI", 40, isWide: true),
    Form("a GitLab token", "glrt-", 20, isWide: true), Form("a GitLab token", "glagent-", 50),
    Form("a GitLab token", "glptt-", 40), Form("a GitLab token", "gldt-", 20, isWide: true),
    Form("a GitLab token", "glcbt-", 20, isWide: true), Form("a GitLab token", "glsoat-", 20, isWide: true),
    Form("a Slack token", "xapp-", 20, isWide: true), Form("a Slack token", "xoxe", 20, isWide: true),
    Form("a DigitalOcean token", "dop_v1_", 64), Form("a DigitalOcean token", "doo_v1_", 64),
    Form("a DigitalOcean token", "dor_v1_", 64), Form("a PlanetScale token", "pscale_", 32, isWide: true),
    Form("a Notion token", "ntn_", 40), Form("a Shopify token", "shpat_", 32), Form("a Shopify token", "shpss_", 32),
    Form("a Shopify token", "shpca_", 32), Form("a Hugging Face token", "hf_", 30),
    Form("a ReadMe token", "rdme_", 60), Form("a Pulumi token", "pul-", 40), Form("a secret key", "sk_test_", 16),
    Form("a webhook's secret", "whsec_", 24), Form("a Docker token", "dckr_pat_", 20, isWide: true),
    Form("a Figma token", "figd_", 30, isWide: true), Form("a Linear token", "lin_api_", 30),
    Form("a Postman key", "PMAK-", 40, isWide: true), Form("a Vault token", "hvs.", 60, isWide: true),
    Form("a Vault token", "hvb.", 60, isWide: true), Form("a Grafana token", "glsa_", 32, isWide: true),
    Form("a Doppler token", "dp.pt.", 40), Form("an age key", "AGE-SECRET-KEY-1", 50),
    Form("a signed token", "eyJ", 0, isWide: true), Form("a private key", "-----BEGIN ", 0),
    Form("a password in an address", "://", 0),
]

/// The forms that begin with each byte, as places in ``forms``.
private let formsByByte: [[Int]] = (0...255).map { byte in
    forms.indices.filter { Int(forms[$0].beginning[0]) == byte }
}

private func shape(in bytes: Span<UInt8>, at start: Int, _ barren: inout Int) -> TokenShape? {
    if start > 0, bytes[start] != 0x2D, bytes[start] != 0x3A, isWord(bytes[start - 1], isWide: false),
        !isEscaped(bytes, start - 1)
    {
        return nil
    }
    for place in formsByByte[Int(bytes[start])] where holds(forms[place].beginning, in: bytes, at: start) {
        let form = forms[place]
        var end = start + form.beginning.count
        switch form.beginning[0] {
        case 0x2D:
            // RFC 7468 §2: -----BEGIN label-----
            while end < bytes.count, end - start < 60, bytes[end] != 0x2D { end += 1 }
            let label = (start + form.beginning.count)..<end
            guard label.count >= 11, holds(Array("PRIVATE KEY".utf8), in: bytes, at: end - 11) else { continue }
            return TokenShape(name: form.name, range: start..<end, secret: start..<keyEnd(in: bytes, from: end))
        case 0x3A:
            guard let (colon, end) = password(in: bytes, from: end) else { continue }
            return TokenShape(name: form.name, range: start..<end, secret: (colon + 1)..<end)
        case 0x65:
            guard start >= barren else { continue }
            switch signedToken(in: bytes, from: start) {
            case .success(let end): return TokenShape(name: form.name, range: start..<end)
            case .failure(let none): barren = none.end
            }
        default:
            while end < bytes.count, end - start < longest, isWord(bytes[end], isWide: form.isWide) { end += 1 }
            guard end - start - form.beginning.count >= form.least else { continue }
            return TokenShape(name: form.name, range: start..<end)
        }
    }
    return nil
}

/// Whether a letter ends an escape in JSON: of `\\n` the letter is no part of a word.
private func isEscaped(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
    guard index > 0, bytes[index - 1] == 0x5C else { return false }
    return [0x6E, 0x72, 0x74, 0x62, 0x66].contains(bytes[index])
}

private func holds(_ text: [UInt8], in bytes: Span<UInt8>, at start: Int) -> Bool {
    guard start >= 0, bytes.count - start >= text.count else { return false }
    for offset in text.indices where bytes[start + offset] != text[offset] { return false }
    return true
}

private func isWord(_ byte: UInt8, isWide: Bool) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x2D, 0x2E, 0x5F: isWide
    default: false
    }
}

/// Where the key ends whose head ends here: behind its last line, or with the text.
private func keyEnd(in bytes: Span<UInt8>, from start: Int) -> Int {
    let mark = Array("-----END ".utf8)
    var index = start
    while index < bytes.count, index - start < 16_384 {
        if bytes[index] == 0x2D, holds(mark, in: bytes, at: index) {
            var end = index + mark.count
            while end < bytes.count, end - index < 64, bytes[end] != 0x2D { end += 1 }
            while end < bytes.count, bytes[end] == 0x2D { end += 1 }
            return end
        }
        index += 1
    }
    return index
}

/// `user:password@` with a password that is no placeholder.
private func password(in bytes: Span<UInt8>, from start: Int) -> (colon: Int, end: Int)? {
    var end = start
    var colon: Int?
    while end < bytes.count, end - start < 200 {
        switch bytes[end] {
        case 0x3A where colon == nil: colon = end
        case 0x40:
            guard let colon, end - colon > 6 else { return nil }
            return (colon, end)
        case 0x21, 0x24...0x2E, 0x30...0x3B, 0x3D, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x7E: break
        default: return nil
        }
        end += 1
    }
    return nil
}

/// Where no token is, and none that begins before an end either.
private struct NoToken: Error {
    var end: Int
}

/// The end of a compact JWS, of three parts whose last may be empty (RFC 7515 §3.1), or of a JWE, of five (RFC 7516 §3.1).
private func signedToken(in bytes: Span<UInt8>, from start: Int) -> Result<Int, NoToken> {
    func part(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, isWord(bytes[end], isWide: true), bytes[end] != 0x2E { end += 1 }
        return end
    }
    let header = part(start)
    guard header < bytes.count, bytes[header] == 0x2E else { return .failure(NoToken(end: header)) }
    let payload = part(header + 1)
    guard payload < bytes.count, bytes[payload] == 0x2E else { return .failure(NoToken(end: header)) }
    var end = part(payload + 1)
    // The key of a JWE may be empty; its other parts are not.
    if end < bytes.count, bytes[end] == 0x2E {
        let text = part(end + 1)
        if text > end + 1, text < bytes.count, bytes[text] == 0x2E { end = part(text + 1) }
    }
    return end - start >= 40 ? .success(end) : .failure(NoToken(end: header))
}
