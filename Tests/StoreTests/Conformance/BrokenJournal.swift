import Core
import Engine
import Store
import Synchronization

/// A journal in memory with one thing wrong.
final class BrokenJournal: Journal {
    enum Fault: CaseIterable {
        case ignoresVersions, ignoresOpenProposals, sharesKeys, keepsForever, losesActs, losesPromises, hidesRefusals
        case countsEverybody, overspends, keepsParts
    }

    private let fault: Fault
    private let sound = MemoryJournal()
    /// Calls that were added although they should not have been.
    private let wrong = Mutex<[CallID: Call]>([:])

    init(_ fault: Fault) {
        self.fault = fault
    }

    func append(_ addition: Addition) async throws -> Bool {
        if fault == .losesPromises, addition.durability == .withNext { return true }
        do {
            if try await sound.append(addition) { return true }
        } catch is OverBudget where fault == .overspends {
            return try await sound.append(
                Addition(call: addition.call, events: addition.events, durability: addition.durability))
        }
        switch fault {
        case .ignoresVersions: return true
        case .ignoresOpenProposals where addition.call.phase == .proposed:
            wrong.withLock { $0[addition.call.id] = addition.call }
            return true
        default: return false
        }
    }

    func record(_ act: Act, durability: Durability) async throws {
        if fault != .losesActs { try await sound.record(act, durability: durability) }
    }

    func call(_ id: CallID) async throws -> Call? {
        if let call = wrong.withLock({ $0[id] }) { return call }
        return try await sound.call(id)
    }

    func latestCall(digest: Digest) async throws -> Call? {
        try await sound.latestCall(digest: digest)
    }

    func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call? {
        try await sound.latestUnknown(digest: digest, since: since)
    }

    func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        if fault == .sharesKeys { return try await sound.call(idempotencyKey: idempotencyKey, of: Sample.alice) }
        return try await sound.call(idempotencyKey: idempotencyKey, of: principal)
    }

    func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        try await sound.calls(in: phase, limit: limit)
    }

    func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws {
        try await sound.keep(sealed, for: call, as: kind, until: until)
    }

    func discardKept(at now: Timestamp) async throws -> Int {
        try await sound.discardKept(at: now)
    }

    func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        if fault == .countsEverybody { return try await sound.calls(in: .proposed, limit: limit).count }
        return try await sound.proposals(of: principal, at: now, limit: limit)
    }

    func correct(_ reservations: [Reservation]) async throws {
        if fault != .keepsParts { try await sound.correct(reservations) }
    }

    func spent(_ key: String) async throws -> Int64 {
        try await sound.spent(key)
    }

    func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]? {
        try await sound.kept(for: call, as: kind, at: fault == .keepsForever ? Timestamp(seconds: 0) : now)
    }

    func search(_ filter: EntryFilter) async throws -> [Entry] {
        let entries = try await sound.search(filter)
        let isOfCalls = filter.tool != nil || filter.agent != nil || filter.call != nil
        return fault == .hidesRefusals && isOfCalls ? entries.filter { $0.call != nil } : entries
    }
}
