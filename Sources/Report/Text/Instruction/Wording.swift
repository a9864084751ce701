/// What a word can be in a sentence that steers a model.
struct Wording: OptionSet, Sendable {
    let rawValue: UInt128

    // What is done to instructions, and what they are.
    static let ignores = bit(0)
    static let bypasses = bit(1)
    static let skips = bit(2)
    static let prior = bit(3)
    static let whole = bit(4)
    static let everything = bit(5)
    static let orders = bit(6)
    static let directive = bit(7)
    static let prompt = bit(8)
    static let limits = bit(9)
    static let system = bit(10)
    static let descriptions = bit(11)
    static let precedence = bit(12)
    static let void = bit(13)

    // Concealment.
    /// "Do not", "never", "avoid", as an order: "this does not" is none.
    static let forbids = bit(14)
    static let without = bit(15)
    static let no = bit(16)
    static let need = bit(17)
    static let informs = bit(18)
    static let notifies = bit(19)
    static let mentions = bit(20)
    static let reveals = bit(21)
    static let told = bit(22)
    static let shows = bit(23)
    static let reader = bit(24)
    static let knows = bit(25)
    static let hides = bit(26)
    static let keeps = bit(27)
    static let secret = bit(28)
    static let stealthily = bit(29)
    static let quietly = bit(30)
    static let already = bit(31)
    static let approved = bit(32)
    static let confirmation = bit(33)

    // Moving things.
    static let reads = bit(34)
    static let passes = bit(35)
    /// A file of the user's own: `~/.ssh/id_rsa`, `.env`, `/etc/passwd`.
    static let place = bit(36)
    static let secrets = bit(37)
    /// What a caller knows and no tool needs: variables of the environment, private keys, the user's messages.
    static let intimate = bit(38)
    static let talk = bit(39)
    static let history = bit(40)
    /// A URL or an e-mail address.
    static let address = bit(41)
    static let argument = bit(42)

    // Order and pressure.
    static let commands = bit(43)
    static let before = bit(44)
    static let when = bit(45)
    static let calls = bit(46)
    static let tool = bit(47)
    /// A name as tools have: `send_email`.
    static let toolName = bit(48)
    static let other = bit(49)
    static let instead = bit(50)
    static let otherwise = bit(51)

    // Persons and roles.
    static let model = bit(52)
    static let you = bit(53)
    static let your = bit(54)
    static let reply = bit(55)
    static let acts = bit(56)
    static let pretends = bit(57)
    static let trusts = bit(58)
    static let input = bit(59)
    static let elevated = bit(60)
    static let privileges = bit(61)
    static let role = bit(62)
    /// A tag or a label with the name of a role or of an order: `<IMPORTANT>`, `[SYSTEM`, `system:`.
    static let roleTag = bit(63)
    /// A token of a chat template: `<|im_start|>`, `[INST]`.
    static let chatToken = bit(64)

    // Small words.
    static let this = bit(65)
    static let that = bit(66)
    static let from = bit(67)
    static let over = bit(68)
    static let to = bit(69)
    static let like = bit(70)
    static let are = bit(71)
    static let have = bit(72)
    static let given = bit(73)
    static let says = bit(74)
    static let even = bit(75)
    static let condition = bit(76)
    static let asked = bit(77)
    static let now = bit(78)
    static let on = bit(79)
    static let not = bit(80)
    static let auxiliary = bit(81)
    /// Behind it an order can begin: "and", "please", "you".
    static let leads = bit(82)
    static let asks = bit(83)
    static let be = bit(84)
    static let utters = bit(85)
    static let safety = bit(86)
    static let treats = bit(87)
    static let begins = bit(88)

    private static func bit(_ number: UInt128) -> Wording { Wording(rawValue: 1 << number) }
}
