import Core
import Engine
import JSON
import MCP

// Calls that wait for people: no connection is held for longer than a moment, and whoever comes back gets what became of
// the call. All that counts is in the journal.

extension AgentFace {
    /// Seconds for which a request waits along. Clients give up after a minute, mostly.
    static let holdSeconds = 25
    /// How often a client is sent back with a state: SDKs stop after ten rounds.
    static let maxRounds = 8

    /// Keys of what a client asks its user.
    enum QuestionKey {
        static let approval = "approval"
        static let confirmation = "confirm"
    }

    /// One request whose call waits.
    struct Waiting: Sendable {
        let exchange: Exchange
        let request: ToolRequest
        let principal: Principal
        let ask: Ask?
        /// Whether this very request made the call.
        var isNew = false
        /// How often the client came back.
        var round = 0
    }

    /// Answers a call that waits, the way the client can.
    @inline(never)
    func answer(_ waiting: Waiting, _ call: Call) async -> Answer {
        let exchange = waiting.exchange
        switch way(waiting, call) {
        case .task: return await makeTask(waiting, call)
        case .link: return back(waiting, call, [QuestionKey.approval: link(call)])
        case .form:
            return back(waiting, call, [QuestionKey.confirmation: .confirmation(message: exchange.question(call))])
        case .question:
            guard let ask = waiting.ask else { return text(.pending(call), waiting) }
            return await take(await ask(.confirmation(message: exchange.question(call))), waiting, call)
        case .linkError:
            let reply = waiting.isNew ? .pending(call) : await hold(waiting, call)
            guard case .pending(let call) = reply else { return text(reply, waiting) }
            return exchange.urlElicitationRequired(call, link(call))
        case .again:
            let holds = !waiting.isNew && exchange.progressToken != nil
            return text(holds ? await hold(waiting, call) : .pending(call), waiting)
        }
    }

    /// Answers a call that comes back with the state it was given.
    func proceed(_ waiting: Waiting, state text: String) async -> Answer {
        var waiting = waiting
        let exchange = waiting.exchange
        guard let state = RequestState(text, of: waiting.request, sealedBy: gate.vault, for: waiting.principal)
        else { return exchange.invalidState() }
        let found: Call?
        do {
            found = try await gate.journal.call(state.call)
        } catch {
            return exchange.error(.internalError, "the call cannot be read now; try again")
        }
        guard let known = found else { return exchange.invalidState() }
        if let objection = gate.admissions.objection(to: known.opening) {
            return self.text(.refused(objection, call: known.id), waiting)
        }
        waiting.round = state.round + 1
        let answers = exchange.inputResponses
        if known.phase == .proposed, known.takesForm, let answer = answers[QuestionKey.confirmation] {
            return await take(
                ElicitationAnswer(answer, to: .confirmation(message: "")), waiting, known)
        }
        if let answer = answers[QuestionKey.approval],
            ElicitationAnswer(answer, to: link(known)) != .accepted
        {
            return self.text(.pending(known), waiting)
        }
        let reply = await hold(waiting, known)
        guard case .pending(let call) = reply else { return self.text(reply, waiting) }
        // The client has its question already, unless another call has to be asked for now.
        return call.id == known.id ? back(waiting, call, [:]) : await answer(waiting, call)
    }

    /// Does what the client says its user answered to a form.
    private func take(_ answer: ElicitationAnswer?, _ waiting: Waiting, _ call: Call) async -> Answer {
        do {
            switch answer {
            case .accepted:
                let call = try await gate.confirm(call.id, as: waiting.principal)
                return text(await resume(waiting, call), waiting)
            case .declined:
                try await withdraw(call.id, waiting.principal)
                let known = try await gate.journal.call(call.id) ?? call
                return text(await resume(waiting, known), waiting)
            case .dismissed, nil: return text(.pending(call), waiting)
            }
        } catch let refusal as Core.Refusal {
            return text(.refused(refusal, call: call.id), waiting)
        } catch {
            return text(.refused(.init(.notRecorded, "Nothing was recorded. Try again."), call: call.id), waiting)
        }
    }

    /// Waits along for a moment.
    private func hold(_ waiting: Waiting, _ call: Call) async -> Reply {
        do {
            guard
                let call = try await gate.hold(
                    call.id, for: waiting.principal, seconds: Self.holdSeconds)
            else { return .pending(call) }
            return await resume(waiting, call)
        } catch {
            return .pending(call)
        }
    }

    private func resume(_ waiting: Waiting, _ call: Call) async -> Reply {
        await gate.resume(call, waiting.request, as: waiting.principal, in: snapshot())
    }

    /// Sends the client back with a state, or to repeat the call where it came back often.
    private func back(_ waiting: Waiting, _ call: Call, _ questions: [String: Elicitation]) -> Answer {
        let state = RequestState(call.id, waiting.request, round: waiting.round)
        guard waiting.round < Self.maxRounds, let text = state.text(sealedBy: gate.vault, for: waiting.principal)
        else { return self.text(.pending(call), waiting) }
        return waiting.exchange.inputRequired(questions, state: text)
    }

    private func text(_ reply: Reply, _ waiting: Waiting) -> Answer {
        waiting.exchange.answer(reply, tool: snapshot().catalogue[waiting.request.name], approvals: approvals)
    }

    private func way(_ waiting: Waiting, _ call: Call) -> Way {
        Way(
            call, waiting.exchange.version, abilities(of: waiting.exchange, waiting.principal),
            hasPage: approvals != nil, canAsk: waiting.ask != nil)
    }

    /// What the client says it can do: with each request, or in its session.
    func abilities(of exchange: Exchange, _ principal: Principal) -> ClientAbilities {
        guard exchange.era == .legacy else { return ClientAbilities(exchange.clientCapabilities) }
        return exchange.session.flatMap { Session($0, sealedBy: gate.vault, for: principal) }?.abilities
            ?? ClientAbilities()
    }

    /// The call's page. Whoever opens it signs in as themselves: the link gives nobody a right.
    func link(_ call: Call) -> Elicitation {
        .link(
            url: "\(approvals ?? "")/\(call.id.text)", message: "See what this call would do, and decide it there.",
            id: call.id.text)
    }
}
