import Core
import Engine
import JSON

/// What a journal is, as a value that additions and acts are folded into.
struct MemoryState {
    private(set) var calls: [CallID: Call] = [:]
    /// The call that was proposed last under each digest.
    private(set) var latestCalls: [Digest: CallID] = [:]
    /// The call that waits for a human, or for its run after a yes, under each digest.
    private(set) var openProposals: [Digest: CallID] = [:]
    private(set) var keys: [String: CallID] = [:]
    private(set) var entries: [Entry] = []
    private var acts: [Int: Act] = [:]
    private(set) var spent: [String: (used: Int64, until: Timestamp)] = [:]
    var kept: [String: (sealed: [UInt8], until: Timestamp)] = [:]

    /// - Returns: whether the addition counts; nothing changed otherwise.
    mutating func add(_ addition: Addition) throws(OverBudget) -> Bool {
        let call = addition.call
        let digest = call.opening.digest
        guard !addition.events.isEmpty, addition.previousVersion == calls[call.id]?.version ?? 0 else { return false }
        if addition.proposes, openProposals[digest] != nil { return false }
        if let over = over(addition.reservations) { throw over }
        if addition.previousVersion == 0, let key = call.opening.idempotencyKey {
            let key = call.opening.principal.repeatKey(key)
            if keys[key] == nil {
                keys[key] = call.id
            } else if addition.durability == .now {
                return false
            }
        }
        if addition.proposes { latestCalls[digest] = call.id }
        switch call.phase {
        case .proposed, .approved: openProposals[digest] = call.id
        default: if openProposals[digest] == call.id { openProposals[digest] = nil }
        }
        calls[call.id] = call
        for part in addition.reservations { count(part) }
        entries.append(
            Entry(
                position: entries.count + 1, at: call.lastEventAt, call: call.id, body: addition.events.map(\.json)))
        return true
    }

    mutating func count(_ part: Reservation) {
        let key = part.account.key
        spent[key] = (max(0, (spent[key]?.used ?? 0) + part.amount), part.keptUntil)
    }

    /// The first reservation for which there is too little left, those before it counted.
    private func over(_ reservations: [Reservation]) -> OverBudget? {
        var used: [String: Int64] = [:]
        for part in reservations where !part.isSettled {
            let key = part.account.key
            let sum = used[key] ?? spent[key]?.used ?? 0
            if sum + part.amount > part.most { return OverBudget(part) }
            used[key] = sum + part.amount
        }
        return nil
    }

    mutating func forgetSpent(at now: Timestamp) {
        spent = spent.filter { now < $0.value.until }
    }

    mutating func record(_ act: Act) {
        acts[entries.count + 1] = act
        entries.append(Entry(position: entries.count + 1, at: act.at, call: nil, body: [act.json]))
    }

    func search(_ filter: EntryFilter) -> [Entry] {
        Array(entries.reversed().lazy.filter { matches($0, filter) }.prefix(max(0, filter.limit)))
    }

    private func matches(_ entry: Entry, _ filter: EntryFilter) -> Bool {
        let call = entry.call.flatMap { calls[$0] }
        let principal = call?.opening.principal
        let act = acts[entry.position]
        func matches(_ value: String?, _ wanted: String?) -> Bool {
            wanted.map { wanted in value?.hasSameBytes(as: wanted) ?? false } ?? true
        }
        if let before = filter.before, entry.position >= before { return false }
        if let since = filter.since, entry.at < since { return false }
        if let until = filter.until, entry.at >= until { return false }
        if let acts = filter.acts, !(act.map { acts.contains($0.kind) } ?? false) { return false }
        if let id = filter.call, (entry.call ?? act?.call) != id { return false }
        guard matches(principal?.user ?? act?.by, filter.user),
            matches(principal?.agent ?? act?.agent, filter.agent),
            matches(call?.opening.tool ?? act?.tool, filter.tool)
        else { return false }
        if let phase = filter.phase, call?.phase != phase { return false }
        return true
    }
}
