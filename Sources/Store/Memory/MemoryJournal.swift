package import Core
package import Engine
import JSON
import Synchronization

/// The journal in memory, with the meaning of the stored one and nothing of its durability.
package final class MemoryJournal: Journal {
    private let state = Mutex(MemoryState())

    package init() {}

    package func append(_ addition: Addition) async throws -> Bool {
        try state.withLock { state in try state.add(addition) }
    }

    package func record(_ act: Act, durability: Durability) async throws {
        state.withLock { $0.record(act) }
    }

    package func call(_ id: CallID) async throws -> Call? {
        state.withLock { $0.calls[id] }
    }

    package func latestCall(digest: Digest) async throws -> Call? {
        state.withLock { state in state.latestCalls[digest].flatMap { state.calls[$0] } }
    }

    package func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call? {
        state.withLock { state in
            state.calls.values.filter { call in
                call.opening.digest == digest && call.outcome?.kind == .unknown && call.lastEventAt > since
            }.max { $0.lastEventAt < $1.lastEventAt }
        }
    }

    package func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        let key = principal.repeatKey(idempotencyKey)
        return state.withLock { state in state.keys[key].flatMap { state.calls[$0] } }
    }

    package func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        state.withLock { state in
            let calls = state.calls.values.filter { $0.phase == phase }
            return Array(calls.sorted { $0.id.text < $1.id.text }.prefix(max(0, limit)))
        }
    }

    package func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        state.withLock { state in
            let calls = state.openProposals.values.compactMap { state.calls[$0] }
            let waiting = calls.count { call in
                call.phase == .proposed && !call.isOverdue(at: now)
                    && call.opening.principal.identityText.hasSameBytes(as: principal.identityText)
            }
            return min(waiting, max(0, limit))
        }
    }

    package func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws {
        state.withLock { $0.kept[kind.key(call)] = (sealed, until) }
    }

    package func spent(_ key: String) async throws -> Int64 {
        state.withLock { $0.spent[key]?.used ?? 0 }
    }

    package func correct(_ reservations: [Reservation]) async throws {
        state.withLock { state in
            for part in reservations { state.count(part) }
        }
    }

    package func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]? {
        state.withLock { state in
            state.kept[kind.key(call)].flatMap { kept in now < kept.until ? kept.sealed : nil }
        }
    }

    /// Removes kept values, and what was spent of budgets, whose time is over.
    ///
    /// - Returns: how many values there were.
    @discardableResult
    package func discardKept(at now: Timestamp) async throws -> Int {
        state.withLock { state in
            state.forgetSpent(at: now)
            let count = state.kept.count
            state.kept = state.kept.filter { now < $0.value.until }
            return count - state.kept.count
        }
    }

    package func search(_ filter: EntryFilter) async throws -> [Entry] {
        state.withLock { $0.search(filter) }
    }
}
