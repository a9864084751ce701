/// One word of a name or a text, in lower case, with what the lexicon knows about it.
struct Word: Sendable {
    /// What stands between a word and the one before it, the weakest first.
    enum Border: UInt8, Sendable {
        /// A change of case or digits, an underscore, a hyphen.
        case joint
        case space
        case comma
        /// A dot, slash or colon in a name; the end of a clause in a text.
        case stop
        /// The end of a sentence.
        case end
    }

    let text: String
    let entry: Entry?
    var border: Border

    init(_ text: String, border: Border) {
        self.text = text
        self.border = border
        entry = Lexicon.shared[text]
    }

    var act: Act { entry?.act ?? [] }
    var topic: Topic { entry?.topic ?? [] }

    func isVerb(_ form: Entry.Form) -> Bool {
        guard let entry else { return false }
        return !entry.act.isEmpty && !entry.form.isDisjoint(with: form)
    }

    /// A verb in its base form that does not name a thing as well: delete, retrieve.
    var isPlainVerb: Bool { isVerb(.base) && entry?.isNounToo == false }

    func plays(_ role: Entry.Role) -> Bool { entry?.role == role }
}
