/// What a verb does to the state behind an operation. One verb may do several things.
struct Act: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private init(bit: UInt32) {
        rawValue = 1 << bit
    }

    /// Only looks: get, list, search.
    static let reads = Act(bit: 0)
    /// Works something out from what it is given and usually leaves nothing behind: validate, estimate, preview.
    static let inspects = Act(bit: 1)
    /// Says nothing by itself about what is left behind: test, resolve, process.
    static let unsure = Act(bit: 2)
    /// Makes an answer or a thing, and only the rest of the sentence says which: generate, compose.
    static let generates = Act(bit: 3)
    /// Only adds: create, insert, upload.
    static let creates = Act(bit: 4)
    /// Changes what is there: update, set, move.
    static let updates = Act(bit: 5)
    /// Ends, removes or overwrites: delete, purge, void.
    static let destroys = Act(bit: 6)
    /// Sets something going: run, start, invoke.
    static let executes = Act(bit: 7)
    /// Speaks to people or other systems: send, notify, post.
    static let sends = Act(bit: 8)
    /// Gives rights: grant, authorize, impersonate.
    static let grants = Act(bit: 9)
    /// Moves money or obligations: pay, refund, charge.
    static let pays = Act(bit: 10)
    /// Makes something live, or takes it back: deploy, publish, rollback.
    static let deploys = Act(bit: 11)
    /// Copies data out: export, dump.
    static let exports = Act(bit: 12)
    /// Stands for every kind of change at once: manage, administer.
    static let manages = Act(bit: 13)
    /// Issues or changes secrets: rotate, encrypt.
    static let keys = Act(bit: 14)

    /// Everything that leaves something behind.
    static let changes: Act = [
        .creates, .updates, .destroys, .executes, .sends, .grants, .pays, .deploys, .exports, .manages, .keys,
    ]

    /// Whether a word of this kind leaves something behind.
    var isChange: Bool { !isDisjoint(with: .changes) }
    /// Whether a word of this kind only looks.
    var isRead: Bool { !isChange && contains(.reads) }
}
