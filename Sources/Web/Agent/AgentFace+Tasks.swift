import Core
import Engine
import JSON
import MCP

// The Tasks extension: a call that waits for people is a task. Its state is the call's.

extension AgentFace {
    /// Milliseconds between two looks that a client is asked for.
    static let pollInterval = 2_000

    /// Answers a waiting call with a task, for which everything is kept that it needs to run.
    func makeTask(_ waiting: Waiting, _ call: Call) async -> Answer {
        do {
            try await gate.keepRequest(waiting.request, for: call)
        } catch {
            return waiting.exchange.answer(.pending(call), tool: nil, approvals: approvals)
        }
        return waiting.exchange.created(state(call, .working, waiting.exchange.waitingFor(call)))
    }

    /// Answers `tasks/get`. A call that is approved runs beside it: a look that is broken off breaks nothing off.
    func getTask(_ id: String, _ exchange: Exchange, as principal: Principal) async -> Answer {
        do {
            guard let call = try await find(id, principal) else { return exchange.unknownTask() }
            if call.phase == .approved { gate.runSoon(call.id, as: principal) }
            return try await answer(exchange, call, principal)
        } catch {
            return exchange.unreadableTask()
        }
    }

    /// Answers `tasks/update`: only a form of the acting user decides anything here.
    func updateTask(
        _ id: String, _ answers: JSONObject, _ exchange: Exchange, as principal: Principal
    ) async -> Answer {
        do {
            guard let call = try await find(id, principal) else { return exchange.unknownTask() }
            guard call.phase == .proposed, call.takesForm, let answer = answers[QuestionKey.confirmation] else {
                return exchange.result(JSONObject())
            }
            switch ElicitationAnswer(answer, to: .confirmation(message: "")) {
            case .accepted: _ = try await gate.confirm(call.id, as: principal)
            case .declined: try await withdraw(call.id, principal)
            case .dismissed: break
            }
        } catch is Core.Refusal {
            // The task shows what became of the call.
        } catch {
            return exchange.unreadableTask()
        }
        return exchange.result(JSONObject())
    }

    /// Answers `tasks/cancel`: the call is withdrawn, unless it ran.
    func cancelTask(_ id: String, _ exchange: Exchange, as principal: Principal) async -> Answer {
        do {
            guard let call = try await find(id, principal) else { return exchange.unknownTask() }
            try await withdraw(call.id, principal)
            return exchange.result(JSONObject())
        } catch {
            return exchange.unreadableTask()
        }
    }

    /// Takes a call back, also when something else happens to it at the same moment.
    func withdraw(_ id: CallID, _ principal: Principal) async throws {
        for attempt in 1... {
            do {
                _ = try await gate.withdraw(id, as: principal)
                return
            } catch let refusal as Core.Refusal {
                // Denied is what ran or ended already.
                guard refusal.code == .busy else { return }
                if attempt == 5 { throw refusal }
            }
        }
    }

    /// The call behind a task of this principal, while it is remembered.
    private func find(_ id: String, _ principal: Principal) async throws -> Call? {
        guard let id = CallID(id), let call = try await gate.journal.call(id), call.proposedAt != nil,
            call.opening.principal.identity == principal.identity
        else { return nil }
        if call.phase == .settled, let until = call.rememberedUntil, gate.now() >= until { return nil }
        return call
    }

    private func answer(_ exchange: Exchange, _ call: Call, _ principal: Principal) async throws -> Answer {
        switch call.phase {
        case .opened, .decided, .proposed:
            let client = abilities(of: exchange, principal)
            let status: TaskState.Status
            if call.awaitsConfirmation, approvals != nil, client.opensLinks {
                status = .inputRequired([QuestionKey.approval: link(call)])
            } else if call.takesForm, client.showsForms {
                status = .inputRequired([
                    QuestionKey.confirmation: .confirmation(message: exchange.question(call))
                ])
            } else {
                status = .working
            }
            return exchange.task(state(call, status, exchange.waitingFor(call)))
        case .approved:
            let message =
                gate.lateRefusal(of: call.id)?.message
                ?? "It is approved and about to run. Should it not, repeat the call with the same arguments."
            return exchange.task(state(call, .working, message))
        case .admitted: return exchange.task(state(call, .working, "It is running."))
        case .withdrawn: return exchange.task(state(call, .cancelled, "It was withdrawn."))
        case .rejected, .expired, .settled:
            let result = exchange.result(try await outcome(of: call), tool: snapshot().catalogue[call.opening.tool])
            return exchange.task(state(call, .completed(result), nil))
        }
    }

    /// What a task ends with: what the call itself would have been answered with.
    private func outcome(of call: Call) async throws -> Reply {
        // Whoever was stopped meanwhile gets nothing any more.
        if let objection = gate.admissions.objection(to: call.opening) { return .refused(objection, call: call.id) }
        if call.phase == .expired, let refusal = gate.lateRefusal(of: call.id) {
            return .refused(refusal, call: call.id)
        }
        let outcome = try await gate.outcome(of: call)
        guard case .earlier(let answer, let call) = outcome else { return outcome }
        if let answer, call.outcome?.kind == .result { return .answer(answer, call: call.id) }
        return .refused(call.settledRefusal, call: call.id)
    }

    private func state(_ call: Call, _ status: TaskState.Status, _ message: String?) -> TaskState {
        let end =
            call.rememberedUntil.flatMap { call.phase == .settled ? $0 : nil }
            ?? (call.expires ?? call.openedAt).advanced(bySeconds: max(300, call.repeatWindow))
        return TaskState(
            id: call.id.text, status: status, message: message, createdAt: call.openedAt.description,
            updatedAt: call.lastEventAt.description,
            timeToLive: Int((end.microseconds - call.openedAt.microseconds) / 1_000),
            pollInterval: Self.pollInterval)
    }
}

extension Call {
    /// What became of a settled call that has no answer to show, as its own client would have heard.
    fileprivate var settledRefusal: Core.Refusal {
        let code = outcome?.codeForAgents ?? .answerWithheld
        return switch outcome?.kind {
        case .result: Core.Refusal(code, "The call was made; its answer cannot be shown.")
        case .refusal: Core.Refusal(code, "The source refused the call. Check the arguments.")
        case .failure: Core.Refusal(code, "The call was tried and failed.")
        case .unknown, nil:
            Core.Refusal(code, "The call was made, and its outcome is unknown. Look before you repeat it.")
        }
    }
}
