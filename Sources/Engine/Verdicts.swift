package import Core

extension Gate {
    /// Calls that wait for a human, oldest first.
    package func waiting() async throws -> [Call] {
        try await expireOverdue()
        return try await journal.calls(in: .proposed, limit: 1000)
    }

    /// Records a person's yes or no to one exact call.
    ///
    /// - Parameters:
    ///   - person: who proved to be themselves; the roles are those of the configuration in force.
    ///   - subjects: how tokens name the same person.
    /// - Throws: ``Refusal`` when they may not decide it or it no longer waits; the journal's fault.
    package func decideProposal(
        _ id: CallID, isApproved: Bool, by person: String, subjects: Set<String> = [], roles: Set<String>,
        reason: String?, channel: String
    ) async throws -> Call {
        guard var call = try await journal.call(id) else {
            throw Refusal(.unknownTool, "There is no call \(id).")
        }
        let now = now()
        if call.isOverdue(at: now) {
            let event = CallEvent(.expired, at: now)
            try call.apply(event)
            _ = try await journal.append(Addition(call: call, events: [event], durability: .now))
        }
        guard call.phase == .proposed else {
            throw Refusal(.denied, "This call does not wait for a decision: it is \(call.phase.rawValue).")
        }
        if let obstacle = call.obstacle(to: person, subjects: subjects, roles: roles) { throw obstacle }
        let verdict = Verdict(by: person, roles: roles, reason: reason?.boundedText, channel: channel)
        let event = CallEvent(isApproved ? .approved(verdict) : .rejected(verdict), at: now)
        try call.apply(event)
        guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
            throw Refusal(.busy, "Somebody else decided this call at the same moment. Look at it again.")
        }
        return call
    }
}
