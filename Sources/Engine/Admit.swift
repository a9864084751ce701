import Core
import Policy
import Telemetry

extension Gate {
    /// Makes the intent durable and mints the permit: the only place that does.
    ///
    /// - Throws: ``Refusal`` when another request was first, or an operator stopped it meanwhile; the journal's fault when nothing could be recorded.
    func admit(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Permit {
        if !snapshot.budgets.isEmpty { try await reserve(for: opened, in: snapshot) }
        let passed: Int
        do throws(Refusal) {
            passed = try admissions.pass(opened.call.opening)
        } catch {
            putBack(opened)
            throw try await refuse(opened, error)
        }
        defer { admissions.leave(passed) }
        let isFirst: Bool
        do {
            try await keepArguments(of: opened, in: snapshot)
            isFirst = try await add(try admission(of: opened), for: opened, in: snapshot)
        } catch {
            putBack(opened)
            try await forgetArguments(of: opened)
            throw error
        }
        guard isFirst else {
            putBack(opened)
            try await forgetArguments(of: opened)
            throw RefusedCall(
                refusal: Refusal(.busy, "This call is already running. Repeat it in a moment to get its outcome."),
                call: opened.call.id)
        }
        opened.note(.admit, at: now())
        return Permit(call: opened.call.id, trace: opened.trace?.passedOn)
    }

    /// Takes a sealed value away.
    func forget(_ kind: KeptKind, of call: CallID) async throws {
        try await journal.keep([], for: call, as: kind, until: now())
    }

    /// Takes the arguments away that were kept for an admission that did not count, unless somebody else runs the call.
    @inline(never)
    private func forgetArguments(of opened: OpenCall) async throws {
        guard opened.keepsArguments else { return }
        let known = try await journal.call(opened.call.id)
        if known?.phase == .admitted || known?.outcome?.kind == .unknown { return }
        try await forget(.arguments, of: opened.call.id)
    }

    /// Gives back what was taken of parts of budgets for a call that is not made.
    private func putBack(_ opened: OpenCall) {
        for one in opened.taken { putBack(one) }
        opened.taken = []
    }

    /// How often orders of other processes are looked at for one call.
    private static let mostLooks = 5

    /// Makes the intent durable, with what it takes of budgets.
    private func add(
        _ admission: Addition, for opened: OpenCall, in snapshot: Snapshot, look: Int = 0
    ) async throws -> Bool {
        do {
            let isFirst = try await journal.append(admission)
            if isFirst { keepSurplus(of: opened.taken) }
            return isFirst
        } catch {
            return try await addAgain(admission, for: opened, in: snapshot, look: look, after: error)
        }
    }

    /// Makes the intent durable where the first try met an order, or another call, on its way.
    @inline(never)
    private func addAgain(
        _ admission: Addition, for opened: OpenCall, in snapshot: Snapshot, look: Int, after error: any Error
    ) async throws -> Bool {
        switch error {
        case is StaleOrders where look < Self.mostLooks:
            try await lookAtOrders(opened, in: snapshot)
            return try await add(opened.admission(admission.events), for: opened, in: snapshot, look: look + 1)
        case let over as OverBudget:
            // A repeat that came together with this one may have taken what is missing: then this call runs.
            if let known = try await journal.call(opened.call.id), known.phase == .admitted || known.phase == .settled {
                return false
            }
            if opened.taken.contains(where: { $0.surplus > 0 }) {
                for one in opened.taken { one.surplus = 0 }
                return try await add(opened.admission(admission.events), for: opened, in: snapshot, look: look)
            }
            throw try await refuse(opened, Refusal(over))
        default: throw error
        }
    }

    /// Decides once more what other processes may have changed while the call was on its way.
    @inline(never)
    private func lookAtOrders(_ opened: OpenCall, in snapshot: Snapshot) async throws {
        try await refresh()
        opened.knownOrders = journal.knownOrders
        if let objection = admissions.objection(to: opened.call.opening) { throw try await refuse(opened, objection) }
        guard try await isCurrent(opened.bound.principal) else {
            throw try await refuse(opened, Refusal(.denied, "The user is no longer known. Nothing was done."))
        }
        guard opened.effect == .ask, !opened.call.verdicts.isEmpty else { return }
        guard try await stands(opened.call, in: snapshot, at: now()) else {
            throw try await refuse(
                opened,
                Refusal(
                    .expired,
                    "Somebody who approved this call may not any more. Nothing was done; repeat the call, and a person "
                        + "will be asked anew."))
        }
    }

    /// Goes on with the conversation that other processes may know of.
    @inline(never)
    private func askForConversation(of principal: Principal) async throws {
        let now = now()
        guard conversations.isDue(principal, at: now) else { return }
        let start = try await journal.conversation(
            of: Digest(of: Array(principal.identityText.utf8)).hex,
            pause: Conversations.pauseSeconds + Conversations.askSeconds, longest: Conversations.longestSeconds, at: now
        )
        if let start { conversations.adopt(start, of: principal, at: now) }
    }

    @inline(never)
    private func reserve(for opened: OpenCall, in snapshot: Snapshot) async throws {
        if journal.knownOrders != nil, snapshot.budgets.contains(where: { $0.period == .conversation }) {
            try await askForConversation(of: opened.bound.principal)
        }
        do throws(Refusal) {
            opened.taken = try take(for: opened, in: snapshot, at: now())
        } catch {
            throw try await refuse(opened, error)
        }
    }

    /// Adds the intent to the call, for the journal to make durable.
    private func admission(of opened: OpenCall) throws -> Addition {
        try Task.checkCancellation(orRefuse: opened.call)
        var events = opened.call.phase == .decided ? opened.call.beginning : []
        let event = CallEvent(.admitted, at: now())
        try opened.call.apply(event)
        events.append(event)
        return opened.admission(events)
    }

    /// Records what the call came to and releases the answer.
    ///
    /// A write's outcome is durable before the agent hears of it; a read's rides along with the next commit.
    func settle(_ opened: OpenCall, _ raw: RawAnswer, in snapshot: Snapshot) async throws -> Reply {
        let settlement = try settlement(of: opened, raw)
        do {
            // What was not made leaves nothing to keep, and its record is what matters.
            if !settlement.isLate { try await keepOrForget(settlement, of: opened, in: snapshot) }
            let isRecorded = try await journal.append(settlement.addition)
            guard isRecorded else { throw JournalFault(.unavailable, "the call was settled by somebody else") }
            if opened.effect == .ask { decisions.note(opened.call) }
            if settlement.isLate { try? await keepOrForget(settlement, of: opened, in: snapshot) }
        } catch {
            throw unrecorded(settlement, opened.call.id, error)
        }
        return settlement.reply
    }

    /// Keeps what somebody may ask for later, and forgets what nobody needs any more.
    @inline(never)
    private func keepOrForget(_ settlement: Settlement, of opened: OpenCall, in snapshot: Snapshot) async throws {
        if let keeping = try keeping(settlement, of: opened) {
            try await journal.keep(keeping.sealed, for: opened.call.id, as: .answer, until: keeping.until)
        }
        if opened.keepsArguments, opened.call.outcome?.kind != .unknown {
            try await forget(.arguments, of: opened.call.id)
        }
        if opened.effect == .ask { try await forget(.request, of: opened.call.id) }
        if opened.tool.undo != nil { try await keepUndo(of: opened, try? settlement.answer.get(), in: snapshot) }
    }

    /// What a call came to, before it is recorded.
    private final class Settlement {
        let addition: Addition
        let answer: Result<SafeAnswer, Refusal>

        init(_ addition: Addition, _ answer: Result<SafeAnswer, Refusal>) {
            self.addition = addition
            self.answer = answer
        }

        /// Whether the call was recorded too late to be made.
        var isLate: Bool {
            if case .failure(let refusal) = answer { refusal.code == .notRecorded } else { false }
        }

        var reply: Reply {
            switch answer {
            case .success(let answer): .answer(answer, call: addition.call.id)
            case .failure(let refusal): .refused(refusal, call: addition.call.id)
            }
        }
    }

    /// Adds the outcome to the call, for the journal to record, and makes the answer safe to show.
    private func settlement(of opened: OpenCall, _ raw: RawAnswer) throws -> Settlement {
        let now = now()
        let tool = opened.tool
        let shaped = shape(raw, of: tool, latency: now.microseconds - opened.call.lastEventAt.microseconds)
        let event = CallEvent(.settled(withRecords(shaped, of: opened)), at: now)
        try opened.call.apply(event)
        let corrections =
            opened.taken.isEmpty ? [] : corrections(shaped.outcome, shaped.answer, of: opened)
        // What was taken is on disk before the answer is seen.
        return Settlement(
            Addition(
                call: opened.call, events: [event],
                durability: mayFollow(raw, of: tool, corrections) ? .withNext : .now,
                reservations: corrections),
            shaped.answer)
    }

    /// Whether the agent may hear of an outcome before it is durable: nothing was changed, and nothing was taken.
    private func mayFollow(_ raw: RawAnswer, of tool: Tool, _ corrections: [Reservation]) -> Bool {
        if case .late = raw { return true }
        return tool.isRead && !corrections.contains { $0.amount > 0 }
    }

    /// The outcome with the records that it touched: as the answer names them, or else as the arguments do.
    private func withRecords(_ shaped: Shaped, of opened: OpenCall) -> Outcome {
        var outcome = shaped.outcome
        guard case .success(let answer) = shaped.answer else { return outcome }
        outcome.records = findRecords(in: answer.text, at: opened.tool.identity)
        if outcome.records.isEmpty { outcome.records = opened.call.opening.arguments.recordNames }
        return outcome
    }

    /// The answer for whoever repeats the call, where somebody may.
    private func keeping(
        _ settlement: Settlement, of opened: OpenCall
    ) throws -> (sealed: [UInt8], until: Timestamp)? {
        let call = opened.call
        let until =
            call.rememberedUntil
            ?? (call.opening.idempotencyKey == nil ? nil : call.lastEventAt.advanced(bySeconds: 86_400))
        guard let until, case .success(let answer) = settlement.answer else { return nil }
        // The first byte says whether it is as declared.
        let bytes = [answer.isAsDeclared ? 1 : 0] + answer.text
        return (try vault.seal(bytes, purpose: KeptKind.answer.purpose(call.id)), until)
    }

    /// Remembers a call whose outcome could not be recorded.
    private func unrecorded(_ settlement: Settlement, _ call: CallID, _ error: any Error) -> RefusedCall {
        unrecorded.remember(call, wasMade: !settlement.isLate)
        if settlement.isLate, case .failure(let refusal) = settlement.answer {
            return RefusedCall(refusal: refusal, call: call)
        }
        return RefusedCall(
            refusal: Refusal(
                .outcomeUnknown,
                "The call ran, but its outcome could not be recorded, so its answer is withheld.",
                cause: "\(error)".boundedText),
            call: call)
    }
}

extension OpenCall {
    /// The addition that admits the call, with what it takes of budgets.
    fileprivate func admission(_ events: [CallEvent]) -> Addition {
        Addition(
            call: call, events: events, durability: .now,
            reservations: taken.isEmpty ? [] : taken.compactMap(\.reserved), knownOrders: knownOrders)
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
