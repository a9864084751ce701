/// What a word can be in a sentence that steers a model.
struct Wording: OptionSet, Sendable {
    let rawValue: UInt64

    // What is done to instructions, and what they are.
    static let ignores = Wording(rawValue: 1 << 0)
    static let bypasses = Wording(rawValue: 1 << 1)
    static let prior = Wording(rawValue: 1 << 2)
    static let whole = Wording(rawValue: 1 << 3)
    static let orders = Wording(rawValue: 1 << 4)
    static let limits = Wording(rawValue: 1 << 5)
    static let system = Wording(rawValue: 1 << 6)
    static let directive = Wording(rawValue: 1 << 7)

    // Concealment.
    /// "Do not", "never", "avoid", as an order: "this does not" is none.
    static let forbids = Wording(rawValue: 1 << 8)
    static let without = Wording(rawValue: 1 << 9)
    static let tells = Wording(rawValue: 1 << 10)
    static let shows = Wording(rawValue: 1 << 11)
    static let reader = Wording(rawValue: 1 << 12)
    static let knows = Wording(rawValue: 1 << 13)
    static let hides = Wording(rawValue: 1 << 14)
    static let keeps = Wording(rawValue: 1 << 15)
    static let secret = Wording(rawValue: 1 << 16)
    static let stealthily = Wording(rawValue: 1 << 17)
    static let quietly = Wording(rawValue: 1 << 18)

    // Moving things.
    static let reads = Wording(rawValue: 1 << 19)
    static let passes = Wording(rawValue: 1 << 20)
    /// A file that holds secrets wherever it is: `~/.ssh/id_rsa`, `.env`.
    static let place = Wording(rawValue: 1 << 21)
    static let secrets = Wording(rawValue: 1 << 22)
    static let talk = Wording(rawValue: 1 << 23)
    static let history = Wording(rawValue: 1 << 24)
    /// A URL or an e-mail address.
    static let address = Wording(rawValue: 1 << 25)

    // Order and pressure.
    static let commands = Wording(rawValue: 1 << 26)
    static let before = Wording(rawValue: 1 << 27)
    static let calls = Wording(rawValue: 1 << 28)
    static let tool = Wording(rawValue: 1 << 29)
    static let other = Wording(rawValue: 1 << 30)
    static let instead = Wording(rawValue: 1 << 31)
    static let otherwise = Wording(rawValue: 1 << 32)

    // Persons and roles.
    static let model = Wording(rawValue: 1 << 33)
    static let you = Wording(rawValue: 1 << 34)
    static let your = Wording(rawValue: 1 << 35)
    static let reply = Wording(rawValue: 1 << 36)
    static let acts = Wording(rawValue: 1 << 37)
    static let trusts = Wording(rawValue: 1 << 38)
    static let elevated = Wording(rawValue: 1 << 39)
    static let privileges = Wording(rawValue: 1 << 40)
    /// A tag or a label with the name of a role or of an order: `<IMPORTANT>`, `[SYSTEM`, `system:`.
    static let roleTag = Wording(rawValue: 1 << 41)
    /// A token of a chat template: `<|im_start|>`, `[INST]`.
    static let chatToken = Wording(rawValue: 1 << 42)

    // Small words.
    static let this = Wording(rawValue: 1 << 43)
    static let that = Wording(rawValue: 1 << 44)
    static let from = Wording(rawValue: 1 << 45)
    static let to = Wording(rawValue: 1 << 46)
    static let as_ = Wording(rawValue: 1 << 47)
    static let are = Wording(rawValue: 1 << 48)
    static let now = Wording(rawValue: 1 << 49)
    static let on = Wording(rawValue: 1 << 50)
    static let not = Wording(rawValue: 1 << 51)
    static let do_ = Wording(rawValue: 1 << 52)
    /// Behind it an order can begin: "and", "please", "you".
    static let leads = Wording(rawValue: 1 << 53)
    static let everything = Wording(rawValue: 1 << 54)
    static let first = Wording(rawValue: 1 << 55)
    static let begins = Wording(rawValue: 1 << 56)
    static let prompt = Wording(rawValue: 1 << 57)
    static let role = Wording(rawValue: 1 << 58)
    static let descriptions = Wording(rawValue: 1 << 59)
}
