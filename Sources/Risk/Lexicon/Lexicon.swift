/// The words that the classification knows, each with all its forms.
///
/// Words are general English and the vocabulary of programming interfaces; no product and no vendor has one.
struct Lexicon: Sendable {
    static let shared = Lexicon()

    private var entries: [String: Entry] = [:]
    private var table = WordTable<Entry>([:])

    private init() {
        entries.reserveCapacity(8192)
        for (topic, words) in Self.nouns { add(nouns: words, topic) }
        for (act, words) in Self.verbs { add(verbs: words, act) }
        for (role, words) in Self.roles {
            for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                entries[String(word), default: Entry(lemma: String(word))].role = role
            }
        }
        table = WordTable(entries)
    }

    /// What is known about a lower-case word.
    ///
    /// - Complexity: at most three lookups, whatever the word.
    subscript(_ word: String) -> Entry? {
        if let entry = table[word] { return entry }
        // "auth0" and "oauth2" are "auth" and "oauth".
        if let last = word.utf8.last, last >= 0x30, last <= 0x39 {
            let bare = word.utf8.reversed().drop { $0 >= 0x30 && $0 <= 0x39 }
            if bare.count >= 2, let entry = table[Array(bare.reversed())] { return entry }
        }
        return nil
    }

    private mutating func add(verbs: String, _ act: Act) {
        for word in verbs.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let stars = word.utf8.reversed().prefix { $0 == UInt8(ascii: "*") }.count
            let isNounToo = stars > 0
            let lemma = String(word.dropLast(stars))
            add(lemma, of: lemma, act, .base, isNounToo)
            add(thirdPerson(of: lemma), of: lemma, act, .third, isNounToo)
            for past in pastForms(of: lemma) { add(past, of: lemma, act, .past, isNounToo) }
            add(gerund(of: lemma), of: lemma, act, .gerund, isNounToo)
            if stars > 1 { entries[lemma]?.isMostlyNoun = true }
        }
    }

    private mutating func add(_ word: String, of lemma: String, _ act: Act, _ form: Entry.Form, _ isNounToo: Bool) {
        var entry = entries[word] ?? Entry(lemma: lemma)
        // A spelling that two verbs share keeps the form of the verb that it is the base of ("found" is no base of find).
        if entry.form.contains(.base), form != .base, entry.lemma != lemma { return }
        if form == .base, entry.lemma != lemma {
            entry.act = []
            entry.form = []
        }
        entry.lemma = lemma
        entry.act.formUnion(act)
        entry.form.formUnion(form)
        entry.isNounToo = entry.isNounToo || isNounToo
        entries[word] = entry
    }

    private mutating func add(nouns: String, _ topic: Topic) {
        for word in nouns.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let noun = String(word)
            for form in [noun, thirdPerson(of: noun)] {
                entries[form, default: Entry(lemma: noun)].topic.formUnion(topic)
            }
        }
    }
}
