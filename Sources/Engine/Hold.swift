package import Core

extension Gate {
    /// Waits until a call that waits for people does so no more, or one that runs has its outcome, for a time.
    ///
    /// - Returns: the call as it is then; nil where there is none.
    package func hold(
        _ id: CallID, for principal: Principal, seconds: Int, whileRunning: Bool = false
    ) async throws -> Call? {
        guard let ticket = decisions.enter(id, of: principal) else {
            // Who may not wait along does not come back at once either.
            try? await pause(2)
            return try await journal.call(id)
        }
        defer { decisions.leave(ticket) }
        // Looked at after entering: what happens from here on rings.
        let known = try await journal.call(id)
        guard known?.phase == (whileRunning ? .admitted : .proposed) else { return known }
        let pause = pause
        let timer = Task {
            try? await pause(seconds)
            ticket.giveUp()
        }
        defer { timer.cancel() }
        for await call in ticket.news { return call }
        return known
    }

    /// What a request gets whose call waited: its outcome where it was approved and now ran, else what became of it.
    ///
    /// The call goes its whole way once more, with everything as it is now.
    package func resume(
        _ call: Call, _ request: ToolRequest, as principal: Principal, in snapshot: Snapshot
    ) async -> Reply {
        guard call.phase != .proposed else { return .pending(call) }
        do {
            guard call.phase == .approved else { return try await attach(to: call, digest: call.opening.digest) }
            guard try await isCurrent(principal) else {
                return .refused(Refusal(.denied, "The user is no longer known. Nothing was done."), call: call.id)
            }
            var request = request
            request.repeats = call.id
            let reply = await serve(request, as: principal, in: snapshot)
            guard case .refused(let refusal, _) = reply, refusal.code == .busy else { return reply }
            // Somebody else runs it: its outcome is this request's as well.
            guard let known = try await hold(call.id, for: principal, seconds: 20, whileRunning: true),
                known.phase.isFinal
            else { return reply }
            return try await attach(to: known, digest: known.opening.digest)
        } catch {
            return .refused(.notRecorded(error), call: call.id)
        }
    }
}
