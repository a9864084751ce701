package import Core
import Policy

/// What a person says to a call.
package struct ApproverAnswer: Sendable {
    package var isApproved: Bool
    package var reason: String?
    /// How it reached us.
    package var channel: String
    /// Whether they break the glass.
    package var isEmergency: Bool
    /// What they typed to say which call they mean.
    package var typed: String?
    /// Whether it belongs to a list of calls that they answered at once, and is not its first.
    package var isContinued: Bool

    /// The channel of what a client says that its user answered.
    package static let clientForm = "client-form"

    package init(
        isApproved: Bool, reason: String? = nil, channel: String, isEmergency: Bool = false, typed: String? = nil,
        isContinued: Bool = false
    ) {
        self.isApproved = isApproved
        self.reason = reason
        self.channel = channel
        self.isEmergency = isEmergency
        self.typed = typed
        self.isContinued = isContinued
    }
}

extension Gate {
    /// Calls that wait for a human, oldest first.
    package func waiting() async throws -> [Call] {
        try await expireOverdue()
        return try await journal.calls(in: .proposed, limit: 1000)
    }

    /// Records a person's yes or no to one exact call.
    ///
    /// - Parameter person: who proved to be themselves; the roles are those of the configuration in force.
    /// - Throws: ``Refusal`` when they may not decide it, not like this or not yet, or it no longer waits; the journal's
    ///   fault.
    package func decideProposal(_ id: CallID, _ answer: ApproverAnswer, by person: Approver) async throws -> Call {
        let now = now()
        var call = try await waiting(id, at: now)
        // Counted first, so that answers that come together see each other.
        let counts = answer.isApproved && !answer.isContinued
        let earlier = counts ? paces.take(person.name, at: now) : paces.find(person.name)
        var isGiven = false
        defer { if counts, !isGiven { paces.takeBack(person.name, at: now) } }
        if let obstacle = call.obstacle(to: person, isEmergency: answer.isEmergency, at: now) { throw obstacle }
        var verdict = call.proposedVerdict(of: person, at: now)
        verdict.reason = answer.reason?.boundedText
        verdict.channel = answer.channel
        if answer.isEmergency {
            guard answer.isApproved, (answer.reason ?? "").filter({ !$0.isWhitespace }).count >= 10 else {
                throw Refusal(.denied, "Approving alone in an emergency takes a reason that others will read.")
            }
            verdict.isEmergency = true
        } else if answer.isApproved, !verdict.isOwn {
            verdict.isHasty = try isHasty(answer, earlier, on: call, at: now)
        }
        let event = CallEvent(answer.isApproved ? .approved(verdict) : .rejected(verdict), at: now)
        try call.apply(event)
        guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
            throw Refusal(.busy, "Somebody else decided this call at the same moment. Look at it again.")
        }
        isGiven = true
        try await forgetRequest(of: call)
        noteEnd(of: call)
        return call
    }

    /// Records that the acting user confirmed what their agent asks for, in a form of their own client.
    ///
    /// - Throws: ``Refusal`` where that is not enough, or the call no longer waits for it; the journal's fault.
    package func confirm(_ id: CallID, as principal: Principal) async throws -> Call {
        guard let call = try await journal.call(id), call.opening.principal.identity == principal.identity else {
            throw Refusal(.unknownTool, "There is no call \(id) of yours.")
        }
        guard call.phase != .proposed || call.takesForm else {
            throw Refusal(.denied, "A form does not confirm this call. The user has to sign in for it.")
        }
        return try await decideProposal(
            id, ApproverAnswer(isApproved: true, channel: ApproverAnswer.clientForm, isContinued: true),
            by: Approver(principal.user, roles: [], isSure: true))
    }

    /// Takes a call back for the acting user, as their own client says.
    package func withdraw(_ id: CallID, as principal: Principal) async throws -> Call {
        guard let call = try await journal.call(id), call.opening.principal.identity == principal.identity else {
            throw Refusal(.unknownTool, "There is no call \(id) of yours.")
        }
        return try await withdraw(id, by: Approver(principal.user, roles: [], isSure: true))
    }

    /// Takes the arguments away that were kept for a call that never runs.
    func forgetRequest(of call: Call) async throws {
        if call.phase.isFinal { try await forget(.request, of: call.id) }
    }

    /// Wakes those who wait for a call, and runs it where it can run by itself.
    func noteEnd(of call: Call) {
        guard call.phase != .proposed else { return }
        decisions.note(call)
        if call.phase == .approved { onApproval(call.id, nil) }
    }

    /// Takes note of what another process recorded of a call.
    package func noteElsewhere(_ id: CallID) async throws {
        guard let call = try await journal.call(id) else { return }
        noteEnd(of: call)
    }

    /// Takes a call back that waits or was approved, for whoever it was made for.
    package func withdraw(_ id: CallID, by person: Approver) async throws -> Call {
        let now = now()
        guard var call = try await journal.call(id), call.isInTheName(of: person), person.isSure else {
            throw Refusal(.unknownTool, "There is no call \(id) of yours.")
        }
        let event = CallEvent(.withdrawn(by: person.name), at: now)
        do throws(Call.IllegalTransition) {
            try call.apply(event)
        } catch {
            throw Refusal(.denied, "This call cannot be withdrawn: it is \(call.phase.rawValue).")
        }
        guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
            throw Refusal(.busy, "Something else happened to this call at the same moment. Look at it again.")
        }
        try await forgetRequest(of: call)
        noteEnd(of: call)
        return call
    }

    /// A call that waits for a decision.
    private func waiting(_ id: CallID, at now: Timestamp) async throws -> Call {
        guard var call = try await journal.call(id) else {
            throw Refusal(.unknownTool, "There is no call \(id).")
        }
        if call.isOverdue(at: now) {
            let event = CallEvent(.expired, at: now)
            try call.apply(event)
            if try await journal.append(Addition(call: call, events: [event], durability: .now)) {
                try await forgetRequest(of: call)
                noteEnd(of: call)
            }
        }
        guard call.phase == .proposed else {
            throw Refusal(.denied, "This call does not wait for a decision: it is \(call.phase.rawValue).")
        }
        return call
    }

    /// Asks for what the rules demand of somebody who approves fast.
    ///
    /// - Returns: whether another person has to approve as well.
    private func isHasty(
        _ answer: ApproverAnswer, _ earlier: [Timestamp], on call: Call, at now: Timestamp
    ) throws(Refusal) -> Bool {
        var isHasty = false
        for haste in (call.decision?.demands ?? []).compactMap(\.haste) {
            let start = now.advanced(bySeconds: -haste.seconds)
            let recent = earlier.filter { $0 > start }
            guard recent.count >= haste.approvals, let last = recent.last else { continue }
            switch haste.remedy {
            case .pause(let seconds):
                // Part of one explicit list, which was looked at as a whole.
                if answer.isContinued { continue }
                let wait = seconds - (now.seconds - last.seconds)
                guard wait <= 0 else {
                    throw Refusal(
                        .tooFast,
                        "You approved \(recent.count) calls in \(haste.seconds) s. Look at this one, and approve it in "
                            + "\(wait) s.")
                }
            case .typed:
                guard answer.typed == call.typedName else {
                    throw Refusal(
                        .confirmationNeeded,
                        "You approved \(recent.count) calls in \(haste.seconds) s. To approve this one, type: "
                            + call.typedName)
                }
            case .second: isHasty = true
            }
        }
        return isHasty
    }
}

extension Call {
    /// What somebody types to say that they mean this call: its tool and the end of its id.
    package var typedName: String { "\(opening.tool) \(id.text.suffix(4))" }
}
