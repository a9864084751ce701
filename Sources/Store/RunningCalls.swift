import Core

/// Which calls of this process were admitted and have no outcome yet, so that after a crash only the end of the journal
/// has to be looked through for them.
///
/// Calls are kept in two generations. When the older one is empty, no call that was admitted before the younger one began
/// is without an outcome: that position is written down, the younger becomes the older, and a new one begins.
///
/// INVARIANT: a call is here from before its admission is committed until after its outcome is.
struct RunningCalls: Sendable {
    /// Entries after which it is worth to write the position down.
    static let interval = 1024

    /// Each call with the number of attempts to admit it, of which one at most will count.
    private var older: [CallID: Int]
    private var younger: [CallID: Int] = [:]
    /// The position of the first entry of the younger generation or a smaller one.
    private var since: Int
    private var entries = 0
    private var isTurning = false

    /// - Parameters:
    ///   - unsettled: calls of earlier processes without an outcome.
    ///   - next: the position that the next entry will have.
    init(unsettled: some Sequence<CallID>, next: Int) {
        older = Dictionary(unsettled.map { ($0, 1) }) { first, _ in first }
        since = next
    }

    func contains(_ call: CallID) -> Bool {
        younger[call] != nil || older[call] != nil
    }

    /// Called before an admission is committed.
    mutating func admit(_ call: CallID) {
        if older[call] != nil { older[call, default: 0] += 1 } else { younger[call, default: 0] += 1 }
    }

    /// Called when an admission did not count: nothing was recorded, or somebody else was first.
    mutating func withdraw(_ call: CallID) {
        if let attempts = older[call] {
            older[call] = attempts > 1 ? attempts - 1 : nil
        } else if let attempts = younger[call] {
            younger[call] = attempts > 1 ? attempts - 1 : nil
        }
    }

    /// Called when an outcome is committed.
    mutating func settle(_ call: CallID) {
        if younger.removeValue(forKey: call) == nil { older.removeValue(forKey: call) }
    }

    /// Counts an entry.
    ///
    /// - Returns: whether a generation is to end now. The caller then ends it in a transaction: with ``end(next:)`` after
    ///   its commit, or with ``giveUp()``.
    mutating func count() -> Bool {
        entries += 1
        guard entries >= Self.interval, !isTurning, older.isEmpty else { return false }
        isTurning = true
        return true
    }

    /// Before this position no call is without an outcome; nil while that may be wrong.
    var settledBefore: Int? {
        older.isEmpty ? since : nil
    }

    /// Begins a new generation.
    ///
    /// - Parameter next: the position that the next entry had, when ``settledBefore`` was written down.
    mutating func end(next: Int) {
        older = younger
        younger = [:]
        since = next
        giveUp()
    }

    mutating func giveUp() {
        entries = 0
        isTurning = false
    }
}
