/// What the lexicon knows about one spelling.
struct Entry: Sendable {
    /// The forms that one spelling can be of a verb.
    struct Form: OptionSet, Sendable {
        let rawValue: UInt8
        static let base = Form(rawValue: 1)
        static let third = Form(rawValue: 2)
        static let past = Form(rawValue: 4)
        static let gerund = Form(rawValue: 8)
    }

    /// The word as a dictionary lists it.
    var lemma: String
    var act: Act = []
    var form: Form = []
    var topic: Topic = []
    /// The verb is a noun as well, so that only its place in the name tells which one is meant: order, report, list.
    var isNounToo = false
    /// The verb is a noun first of all, and a verb only where nothing else is one: issue, file, label.
    var isMostlyNoun = false
    /// Little words that carry no meaning by themselves: the, of, bulk.
    var role: Role?

    /// What a little word does in a sentence.
    enum Role: Sendable {
        case article, preposition, joint, negation, modal, copula, adverb, modifier, subject, condition, reader
    }

    var isVerb: Bool { !act.isEmpty }
}
