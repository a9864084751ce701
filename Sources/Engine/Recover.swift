import Core

extension Gate {
    /// After a start: what was admitted and not settled has an outcome that nobody can know. It is never sent again.
    ///
    /// - Returns: how many calls were settled as unknown.
    package func recover() async throws -> Int {
        var count = 0
        while true {
            let unsettled = try await journal.calls(in: .admitted, limit: 500)
            for var call in unsettled {
                let outcome = Outcome(
                    kind: .unknown, code: .outcomeUnknown, cause: "the process ended before the outcome was recorded")
                let event = CallEvent(.settled(outcome), at: now())
                try call.apply(event)
                if try await journal.append(Addition(call: call, events: [event], durability: .now)) { count += 1 }
            }
            if unsettled.count < 500 { return count }
        }
    }

    /// Ends proposals whose time is over, and removes answers that nobody may ask for any more.
    package func expireOverdue() async throws {
        let now = now()
        try await journal.discardKept(at: now)
        for phase in [Call.Phase.proposed, .approved] {
            for var call in try await journal.calls(in: phase, limit: 1000) where call.isOverdue(at: now) {
                let event = CallEvent(.expired, at: now)
                try call.apply(event)
                _ = try await journal.append(Addition(call: call, events: [event], durability: .now))
            }
        }
    }
}
