import Core
import Policy

extension Gate {
    /// Makes the intent durable and mints the permit: the only place that does.
    ///
    /// - Throws: ``Refusal`` when another request was first; the journal's fault when nothing could be recorded.
    func admit(_ opened: OpenCall) async throws -> Permit {
        let isFirst = try await journal.append(try admission(of: opened))
        guard isFirst else {
            throw RefusedCall(
                refusal: Refusal(.busy, "This call is already running. Repeat it in a moment to get its outcome."),
                call: opened.call.id)
        }
        return Permit(call: opened.call.id)
    }

    /// Adds the intent to the call, for the journal to make durable.
    private func admission(of opened: OpenCall) throws -> Addition {
        try Task.checkCancellation(orRefuse: opened.call)
        let beginning = opened.call.phase == .decided ? opened.call.beginning : []
        let event = CallEvent(.admitted, at: now())
        try opened.call.apply(event)
        return Addition(call: opened.call, events: beginning + [event], durability: .now)
    }

    /// Records what the call came to and releases the answer.
    ///
    /// A write's outcome is durable before the agent hears of it; a read's rides along with the next commit.
    func settle(_ opened: OpenCall, _ raw: RawAnswer) async throws -> Reply {
        let (answer, addition) = try outcome(of: opened, raw)
        do {
            try await keep(answer, of: opened)
            let isRecorded = try await journal.append(addition)
            guard isRecorded else { throw JournalFault(.unavailable, "the call was settled by somebody else") }
        } catch {
            unrecorded.remember(opened.call.id)
            throw RefusedCall(
                refusal: Refusal(
                    .outcomeUnknown,
                    "The call ran, but its outcome could not be recorded, so its answer is withheld.",
                    cause: "\(error)".boundedText),
                call: opened.call.id)
        }
        switch answer {
        case .success(let answer): return .answer(answer, call: opened.call.id)
        case .failure(let refusal): return .refused(refusal, call: opened.call.id)
        }
    }

    /// Adds the outcome to the call, for the journal to record, and makes the answer safe to show.
    private func outcome(
        of opened: OpenCall, _ raw: RawAnswer
    ) throws -> (answer: Result<SafeAnswer, Refusal>, addition: Addition) {
        let now = now()
        let tool = opened.tool
        let shaped = shape(raw, of: tool, latency: now.microseconds - opened.call.lastEventAt.microseconds)
        let event = CallEvent(.settled(shaped.outcome), at: now)
        try opened.call.apply(event)
        return (
            shaped.answer, Addition(call: opened.call, events: [event], durability: tool.isRead ? .withNext : .now)
        )
    }

    /// Keeps the answer for whoever repeats the call, where somebody may.
    private func keep(_ answer: Result<SafeAnswer, Refusal>, of opened: OpenCall) async throws {
        let call = opened.call
        let until =
            call.repeatableUntil
            ?? (call.opening.idempotencyKey == nil ? nil : call.lastEventAt.advanced(bySeconds: 86_400))
        guard let until, case .success(let answer) = answer, answer.isAsDeclared else { return }
        let sealed = try vault.seal(answer.text, purpose: "answer/\(call.id)")
        try await journal.keep(sealed, for: call.id, until: until)
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
