/// Splits a name into its words: `getDeletedItems`, `get-deleted-items` and `get_deleted_items` are one.
///
/// Runs of capitals are one word (`getHTTPSUrl`, `IAMRole`), and pairs that are one word in the lexicon are joined
/// (`set_up`, `un-archive`, `logIn`).
/// - Parameter limit: how many bytes are looked at.
func words(of name: String, limit: Int = 200) -> [Word] {
    var words: [Word] = []
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var border = Word.Border.end
    let input = Array(name.utf8.prefix(limit))
    func close() {
        if !bytes.isEmpty {
            append(String(decoding: bytes, as: UTF8.self), border, to: &words)
            bytes.removeAll(keepingCapacity: true)
            border = .joint
        }
    }
    for (index, byte) in input.enumerated() {
        let kind = Kind(byte)
        let next = index + 1 < input.count ? Kind(input[index + 1]) : .other
        let previous = index > 0 ? Kind(input[index - 1]) : .other
        switch kind {
        case .upper:
            // "HTTPSUrl": the last capital of a run begins the next word, but "IDs" is one.
            let isPlural =
                next == .lower && input[index + 1] == UInt8(ascii: "s")
                && (index + 2 >= input.count || Kind(input[index + 2]) != .lower)
            if previous == .lower || previous == .digit || previous == .upper && next == .lower && !isPlural { close() }
            bytes.append(byte + 32)
        case .lower, .digit:
            bytes.append(byte)
        case .other:
            close()
            let mark: Word.Border =
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "#"), UInt8(ascii: "$"):
                    .stop
                case UInt8(ascii: ","), UInt8(ascii: "&"): .comma
                case UInt8(ascii: " "): .space
                default: .joint
                }
            if border.rawValue < mark.rawValue { border = mark }
        }
        if bytes.count >= 40 { close() }
    }
    close()
    return words
}

private enum Kind {
    case upper, lower, digit, other

    init(_ byte: UInt8) {
        switch byte {
        case 0x41...0x5A: self = .upper
        case 0x61...0x7A, 0x80...0xFF: self = .lower
        case 0x30...0x39: self = .digit
        default: self = .other
        }
    }
}

/// Adds a word, joined to the one before it where the lexicon has both as one.
private func append(_ text: String, _ border: Word.Border, to words: inout [Word]) {
    if let last = words.last, border == .joint || border == .space, let joined = joined(last.text, text) {
        words[words.count - 1] = Word(joined, border: last.border)
        return
    }
    for part in unglued(text) { words.append(Word(part, border: words.isEmpty || part == text ? border : .joint)) }
}

private let particles = WordTable([
    "up", "in", "out", "off", "on", "down", "back", "over", "run", "less", "ins", "ups", "outs",
])
private let prefixes = WordTable(["un", "re", "de", "dis", "o", "dry", "web", "pre", "auto", "sub", "m"])
private let pairs: Set<String> = [
    "apikey", "accesskey", "privatekey", "sshkey", "keypair", "paymentmethod", "bankaccount", "creditcard",
    "debitcard", "payoutaccount", "giftcard", "serviceaccount", "userpool", "securitygroup", "auditlog",
    "connectionstring", "publicaccess", "chargeback", "writeoff", "whoami", "healthcheck", "nextpage",
]

/// What a pair can begin with. Hardly any word is one, so that hardly any two are put together to be looked up.
private let beginningsOfPairs = WordTable(pairs.flatMap { pair in (1..<pair.count).map { String(pair.prefix($0)) } })

private func joined(_ first: String, _ second: String) -> String? {
    guard particles.contains(second) || prefixes.contains(first) || beginningsOfPairs.contains(first) else {
        return nil
    }
    let whole = first + (["ins", "ups", "outs"].contains(second) ? String(second.dropLast()) : second)
    if pairs.contains(whole) || second.last == "s" && pairs.contains(String(whole.dropLast())) { return whole }
    guard particles.contains(second) || prefixes.contains(first), let entry = Lexicon.shared[whole] else { return nil }
    return entry.isVerb || !entry.topic.isEmpty ? whole : nil
}

/// Splits a word that is a verb and a known noun written as one: "listusers", "getstatus".
private func unglued(_ text: String) -> [String] {
    guard text.utf8.count >= 7, Lexicon.shared[text] == nil else { return [text] }
    for verb in gluedVerbs where text.utf8.starts(with: verb.utf8) {
        let rest = String(text.dropFirst(verb.count))
        if let entry = Lexicon.shared[rest], rest.utf8.count >= 3, !entry.isVerb || entry.isNounToo {
            return [verb, rest]
        }
    }
    return [text]
}

private let gluedVerbs = [
    "get", "list", "search", "create", "update", "delete", "remove", "set", "add", "fetch", "query",
]
