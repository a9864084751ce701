import Core
import Policy

extension Gate {
    /// Makes the intent durable and mints the permit: the only place that does.
    ///
    /// - Throws: ``Refusal`` when another request was first; the journal's fault when nothing could be recorded.
    func admit(_ call: inout Call) async throws -> Permit {
        try Task.checkCancellation(orRefuse: call)
        let isNew = call.phase == .decided
        let beginning = isNew ? call.beginning : []
        let event = CallEvent(.admitted(operation: call.id.text), at: now())
        try call.apply(event)
        let isFirst = try await journal.append(
            Addition(call: call, events: beginning + [event], durability: .now))
        guard isFirst else {
            throw RefusedCall(
                refusal: Refusal(.busy, "This call is already running. Repeat it in a moment to get its outcome."),
                call: call.id)
        }
        return Permit(call: call.id, operation: call.id.text)
    }

    /// Records what the call came to and releases the answer.
    ///
    /// A write's outcome is durable before the agent hears of it; a read's rides along with the next commit.
    func settle(_ call: inout Call, _ shaped: Shaped, of tool: Tool) async throws -> Reply {
        let event = CallEvent(.settled(shaped.outcome), at: now())
        try call.apply(event)
        let until =
            call.repeatableUntil
            ?? (call.opening.idempotencyKey == nil ? nil : event.at.advanced(bySeconds: 86_400))
        do {
            if let until, case .success(let answer) = shaped.answer, answer.isAsDeclared {
                let sealed = try vault.seal(answer.text, purpose: "answer/\(call.id)")
                try await journal.keep(sealed, for: call.id, until: until)
            }
            let isRecorded = try await journal.append(
                Addition(call: call, events: [event], durability: tool.isRead ? .withNext : .now))
            guard isRecorded else { throw JournalFault(.unavailable, "the call was settled by somebody else") }
        } catch {
            unrecorded.remember(call.id)
            throw RefusedCall(
                refusal: Refusal(
                    .outcomeUnknown,
                    "The call ran, but its outcome could not be recorded, so its answer is withheld.",
                    cause: "\(error)".boundedText),
                call: call.id)
        }
        switch shaped.answer {
        case .success(let answer): return .answer(answer, call: call.id)
        case .failure(let refusal): return .refused(refusal, call: call.id)
        }
    }
}

extension Task where Success == Never, Failure == Never {
    /// Nothing leaves for a client that has gone.
    fileprivate static func checkCancellation(orRefuse call: Call) throws {
        if isCancelled {
            throw RefusedCall(refusal: Refusal(.cancelled, "The call was cancelled before it was made."), call: call.id)
        }
    }
}
