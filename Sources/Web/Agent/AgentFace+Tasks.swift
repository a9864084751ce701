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

    /// Answers `tasks/get`.
    func getTask(_ id: String, _ exchange: Exchange, as principal: Principal) async -> Answer {
        do {
            guard var call = try await find(id, principal) else { return exchange.unknownTask() }
            var reply: Reply?
            if call.phase == .approved {
                reply = try await gate.runApproved(call.id, as: principal, in: snapshot())
                call = try await gate.journal.call(call.id) ?? call
            }
            return try await answer(exchange, call, principal, reply)
        } catch {
            return exchange.error(.internalError, "the task cannot be read now")
        }
    }

    /// Answers `tasks/update`: only a form of the acting user decides anything here.
    func updateTask(
        _ id: String, _ answers: JSONObject, _ exchange: Exchange, as principal: Principal
    ) async -> Answer {
        guard let call = try? await find(id, principal) else { return exchange.unknownTask() }
        guard call.phase == .proposed, call.takesForm, let answer = answers[QuestionKey.confirmation] else {
            return exchange.result(JSONObject())
        }
        // What is refused shows in the task, which goes on waiting.
        switch ElicitationAnswer(answer, to: .confirmation(message: "")) {
        case .accepted: _ = try? await gate.confirm(call.id, as: principal)
        case .declined: _ = try? await gate.withdraw(call.id, as: principal)
        case .dismissed: break
        }
        return exchange.result(JSONObject())
    }

    /// Answers `tasks/cancel`: the call is withdrawn, unless it ran.
    func cancelTask(_ id: String, _ exchange: Exchange, as principal: Principal) async -> Answer {
        guard let call = try? await find(id, principal) else { return exchange.unknownTask() }
        _ = try? await gate.withdraw(call.id, as: principal)
        return exchange.result(JSONObject())
    }

    /// The call behind a task of this principal, while it is remembered.
    private func find(_ id: String, _ principal: Principal) async throws -> Call? {
        guard let id = CallID(id), let call = try await gate.journal.call(id), call.proposedAt != nil,
            call.opening.principal.identity == principal.identity
        else { return nil }
        if call.phase == .settled, let until = call.repeatableUntil, gate.now() >= until { return nil }
        return call
    }

    private func answer(
        _ exchange: Exchange, _ call: Call, _ principal: Principal, _ reply: Reply?
    ) async throws -> Answer {
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
            if let refusal = gate.lateRefusal(of: call.id) {
                return exchange.task(state(call, .working, refusal.message))
            }
            // Nothing was kept for it, so only a repeat runs it.
            let isOver = reply == nil
            let result = exchange.result(.pending(call), tool: nil)
            return exchange.task(
                state(call, isOver ? .completed(result) : .working, "It is approved and about to run."))
        case .admitted: return exchange.task(state(call, .working, "It is running."))
        case .withdrawn: return exchange.task(state(call, .cancelled, "It was withdrawn."))
        case .rejected, .expired, .settled:
            var outcome = try await gate.outcome(of: call)
            if call.phase == .expired, let refusal = gate.lateRefusal(of: call.id) {
                outcome = .refused(refusal, call: call.id)
            }
            if case .earlier(let answer?, let call) = outcome, call.outcome?.kind == .result {
                outcome = .answer(answer, call: call.id)
            }
            let result = exchange.result(outcome, tool: snapshot().catalogue[call.opening.tool])
            return exchange.task(state(call, .completed(result), nil))
        }
    }

    private func state(_ call: Call, _ status: TaskState.Status, _ message: String?) -> TaskState {
        let end =
            call.repeatableUntil.flatMap { call.phase == .settled ? $0 : nil }
            ?? (call.expires ?? call.openedAt).advanced(bySeconds: call.repeatWindow)
        return TaskState(
            id: call.id.text, status: status, message: message, createdAt: call.openedAt.description,
            updatedAt: call.lastEventAt.description,
            timeToLive: Int((end.microseconds - call.openedAt.microseconds) / 1_000),
            pollInterval: Self.pollInterval)
    }
}
