/// All fields of an operation, read once.
struct Readings {
    /// How many fields of a body or an answer are looked at.
    static let mostFields = 200

    let subject: RiskSubject
    let name: Reading
    let title: Reading
    let path: Reading
    let text: Reading
    let method: String
    /// The words of service and tags.
    let service: [Word]
    /// The words of the path's last part, or of the last two when the last one is a verb.
    let lastPathWords: [Word]
    /// What the operation is done to, by field: the words that may be nouns.
    let nouns: [(field: String, words: [Word])]
    /// The words of the name that say what the operation is done to.
    let objects: [Word]

    init(_ subject: RiskSubject) {
        self.subject = subject
        path = subject.path.map(readPath) ?? Reading()
        text = subject.description.isEmpty ? Reading() : readText(subject.description, name: subject.name)
        name = Self.name(subject, path: path, text: text)
        title = subject.title.isEmpty ? Reading() : readTitle(subject.title)
        method = subject.method?.uppercased() ?? ""
        service = ([subject.service] + subject.tags.prefix(8)).flatMap { words(of: $0, limit: 60) }
        lastPathWords = Self.lastPathWords(subject.path ?? "", verb: path.verb)
        objects = Self.objects(of: name)
        var nouns: [(field: String, words: [Word])] = [("name", objects), ("path", lastPathWords)]
        // A long title is a sentence, and its nouns are about many things.
        if !title.words.isEmpty, title.words.count <= 5 { nouns.append(("title", title.words)) }
        self.nouns = nouns
    }

    /// The name, read beside the path it may be made of.
    ///
    /// "post_orders_search" repeats method and path. "linkDeliveryGet" of "/link_delivery/get" gets a delivery: path and
    /// description say which of its verbs is the one.
    private static func name(_ subject: RiskSubject, path: Reading, text: Reading) -> Reading {
        let name = readName(subject.name)
        guard subject.path != nil, let first = name.words.first, let last = name.words.last else { return name }
        if first.text == "post", subject.method == "POST", name.words.count > 1,
            name.words.dropFirst().allSatisfy({ word in path.words.contains { $0.text == word.text } })
        {
            return readName(String(subject.name.dropFirst("post".count)))
        }
        guard name.verb != last.text, last.text == path.verb, path.certainty == .clear, path.act.isRead,
            text.acts.isRead, name.words.dropLast().allSatisfy({ word in path.words.contains { $0.text == word.text } })
        else { return name }
        var found = name
        found.act = last.act
        found.verb = last.text
        found.more = []
        found.moreVerb = ""
        found.certainty = .clear
        return found
    }

    /// Of "users.messages.delete" the words of the last part that says more than the verb.
    private static func objects(of name: Reading) -> [Word] {
        let words = name.words
        guard !words.contains(where: { $0.border == .space }) else { return words.filter { $0.text != name.verb } }
        var end = words.count
        while end > 0 {
            let start = words[..<end].lastIndex { $0.border == .stop || $0.border == .end } ?? 0
            let part = words[start..<end].filter { $0.text != name.verb && !$0.plays(.modifier) }
            if !part.isEmpty || start == 0 { return words[start...].filter { $0.text != name.verb } }
            end = start
        }
        return []
    }

    private static func lastPathWords(_ path: String, verb: String) -> [Word] {
        let parts = path.utf8.prefix(600).split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }
            .map { String(Substring($0)) }.filter { !$0.hasPrefix("{") }
        guard let last = parts.last else { return [] }
        let end = words(of: last)
        guard end.contains(where: { $0.text == verb }), parts.count > 1 else { return end }
        return words(of: parts[parts.count - 2]) + end
    }

    var readsByMethod: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "QUERY" }

    /// Each reading with the name of its field.
    var all: [(field: String, reading: Reading)] {
        [("name", name), ("path", path), ("title", title), ("description", text)]
    }

    /// What any verb of any field does.
    var acts: Act { name.acts.union(title.acts).union(path.acts).union(text.acts) }
}
