import Core

extension Gate {
    /// After a start: what was admitted and not settled has an outcome that nobody can know. It is never sent again.
    ///
    /// - Returns: how many calls were settled as unknown.
    package func recover() async throws -> Int {
        var count = 0
        while true {
            let unsettled = try await journal.abandoned(limit: 500)
            for var call in unsettled {
                let isSettled = try await settleAsUnknown(
                    &call, cause: "the process ended before the outcome was recorded")
                if isSettled { count += 1 }
            }
            if unsettled.count < 500 { return count }
        }
    }

    /// Tries once more to record that calls were made whose outcomes could not be: as unknown, which is what their
    /// agents were told, and those that were not made as failures.
    ///
    /// - Returns: how many calls were settled as unknown.
    /// - Throws: the journal's fault while it still records nothing; those left are tried again the next time.
    package func settleUnrecorded() async throws -> Int {
        var count = 0
        for (id, wasMade) in unrecorded.all {
            if var call = try await journal.call(id), call.phase == .admitted {
                let isSettled =
                    try await wasMade
                    ? settleAsUnknown(&call, cause: "the outcome could not be recorded")
                    : settle(
                        &call,
                        as: Outcome(kind: .failure, code: .notRecorded, cause: "it was recorded too late to be made"))
                if isSettled { count += 1 }
            }
            unrecorded.forget(id)
        }
        return count
    }

    private func settleAsUnknown(_ call: inout Call, cause: String) async throws -> Bool {
        try await settle(&call, as: Outcome(kind: .unknown, code: .outcomeUnknown, cause: cause))
    }

    private func settle(_ call: inout Call, as outcome: Outcome) async throws -> Bool {
        let event = CallEvent(.settled(outcome), at: now())
        try call.apply(event)
        let isSettled = try await journal.append(Addition(call: call, events: [event], durability: .now))
        if isSettled { try await forgetRequest(of: call) }
        return isSettled
    }

    /// Ends proposals whose time is over, and removes answers that nobody may ask for any more.
    package func expireOverdue() async throws {
        let now = now()
        try await journal.discardKept(at: now)
        for phase in [Call.Phase.proposed, .approved] {
            for var call in try await journal.calls(in: phase, limit: 10_000) where call.isOverdue(at: now) {
                let event = CallEvent(.expired, at: now)
                try call.apply(event)
                guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
                    continue
                }
                try await forgetRequest(of: call)
                noteEnd(of: call)
            }
        }
    }

    /// After a start: runs what was approved meanwhile and can run without its client.
    package func resumeApproved() async throws {
        for call in try await journal.calls(in: .approved, limit: 10_000) { onApproval(call.id, nil) }
    }
}
