/// What a noun is about, as far as it matters for risk.
struct Topic: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private init(bit: UInt32) {
        rawValue = 1 << bit
    }

    /// Money that moves or is owed: payment, refund, invoice.
    static let money = Topic(bit: 0)
    /// How money is paid, set up once: payment method, bank account, billing settings.
    static let billing = Topic(bit: 1)
    /// Who may do what: user, role, permission.
    static let identity = Topic(bit: 2)
    /// Words that are about identity only beside another one: group, access, key.
    static let identityBesideOther = Topic(bit: 3)
    /// Protection that can be switched off: firewall, encryption, audit log.
    static let security = Topic(bit: 4)
    /// Secrets: password, token, certificate.
    static let credential = Topic(bit: 5)
    /// Reaches people: email, sms, comment.
    static let message = Topic(bit: 6)
    /// Reaches many people at once: campaign, newsletter.
    static let campaign = Topic(bit: 7)
    /// What is live: deployment, release, production.
    static let deployment = Topic(bit: 8)
    /// Many at once: batch, bulk, all.
    static let many = Topic(bit: 9)
    /// What is asked for and given back: search, report, statistics.
    static let answer = Topic(bit: 10)
    /// What is only looked at, whatever stands before it: status, statistics.
    static let state = Topic(bit: 19)
    /// A removal named as a thing: deletion, termination.
    static let removal = Topic(bit: 11)
    /// Code or statements that the caller writes: sql, script, command.
    static let program = Topic(bit: 12)
    /// Says that a policy, key or group is not about rights: lifecycle, retention, log.
    static let harmless = Topic(bit: 13)
    /// Says that a key is a secret: api, private, signing.
    static let secretKind = Topic(bit: 14)
    /// Says that a token only marks a place: page, next, continuation.
    static let cursorKind = Topic(bit: 15)
    /// Settings of something as a whole.
    static let setting = Topic(bit: 16)
    /// The caller itself: me, my, current.
    static let own = Topic(bit: 18)
    /// A service that keeps identities.
    static let identityService = Topic(bit: 20)
    /// What belongs to a user without being the account.
    static let ofUser = Topic(bit: 21)
}
