import Core
import Engine
import Identity
import JSON
import Settings
import Synchronization

extension Administration {
    /// A person decides one call or an explicit list of calls, proven by their password; their roles are those of the
    /// configuration in force.
    func decideCalls(_ arguments: Arguments) async throws -> JSONValue {
        let ids = try callIDs(arguments)
        let verdict = try arguments.required("verdict")
        guard verdict == "approve" || verdict == "reject" else {
            throw CommandError("a verdict is approve or reject")
        }
        let user = try await decider(arguments, ids)
        var answer = ApproverAnswer(
            isApproved: verdict == "approve", reason: arguments["reason"], channel: "command-line",
            isEmergency: arguments.object["break_glass"]?.bool ?? false, typed: arguments["typed"])
        var messages: [String] = []
        var phase = ""
        for id in ids {
            do {
                let call = try await house.decide(id, answer, by: user)
                phase = call.phase.rawValue
                answer.isContinued = true
                messages.append(message(call, by: user.name))
            } catch let refusal as Refusal where ids.count > 1 {
                messages.append("\(id) is left as it is: \(refusal.message)")
            }
        }
        return ["message": .string(messages.joined(separator: "\n")), "phase": .string(phase)]
    }

    private func callIDs(_ arguments: Arguments) throws -> [CallID] {
        guard let list = arguments.object["calls"]?.array else { return [try arguments.callID()] }
        let ids = try list.map { element in
            guard let id = element.string.flatMap({ CallID($0) }) else {
                throw CommandError("'\((element.string ?? element.text).boundedText)' is no call id")
            }
            return id
        }
        guard !ids.isEmpty, ids.count <= 100 else { throw CommandError("a list names 1 to 100 calls") }
        guard Set(ids).count == ids.count else { throw CommandError("a call stands in the list twice") }
        return ids
    }

    private func decider(_ arguments: Arguments, _ calls: [CallID]) async throws -> LocalUserProof {
        let name = try arguments.required("person")
        do {
            return try await house.prove(name, password: try arguments.required("password"))
        } catch {
            try await record("sign-in-refused", by: name.boundedText, ["call": .string(calls.first?.text ?? "")])
            throw error
        }
    }

    private func message(_ call: Call, by person: String) -> String {
        switch call.phase {
        case .approved where call.runsOnApproval:
            "\(call.id) is approved by \(person); it runs without the agent, as its rule says."
        case .approved: "\(call.id) is approved by \(person); it runs when the agent repeats the call."
        case .rejected: "\(call.id) is rejected by \(person)."
        default: "\(call.id): \(person) approved; \(call.missingSeats.count) more have to."
        }
    }

    /// How fast people decide, and how much they approve.
    func pace(_ arguments: Arguments) async throws -> JSONValue {
        guard let span = seconds(arguments["since"] ?? "30d") else {
            throw CommandError("'\((arguments["since"] ?? "").boundedText)' is no time such as 30m or 7d")
        }
        let limit = 100_000
        let entries = try await house.gate.journal.search(
            EntryFilter(since: house.gate.now().advanced(bySeconds: -span), limit: limit))
        let records = Records(entries: entries, days: span / 86_400, isPartial: entries.count == limit)
        try await record("audit-read", ["what": "pace", "entries": JSONValue(entries.count)])
        return [
            "people": .array(records.paceByPerson.map(\.json)), "rules": .array(records.paceByRule.map(\.json)),
            "partial": .bool(records.isPartial),
        ]
    }

    /// The user for whom a call was made takes it back.
    func withdrawCall(_ arguments: Arguments) async throws -> JSONValue {
        let id = try arguments.callID()
        let user = try await decider(arguments, [id])
        let known = try await house.gate.journal.call(id)
        _ = try await house.gate.withdraw(id, by: try await house.approver(user, of: known))
        return ["message": .string("\(id) is withdrawn; it will not run.")]
    }

    /// Calls whose outcome nobody knows.
    func listUnknown() async throws -> JSONValue {
        ["calls": .array(try await house.gate.unknownOutcomes().map(\.summary))]
    }

    /// Finds out what became of a call: from the source, or from a person who looked.
    func reconcileCall(_ arguments: Arguments) async throws -> JSONValue {
        let id = try arguments.callID()
        let name = try await person(arguments)
        let known = house.inForce.value.people[name]
        let person = Approver(name, subjects: known?.subjects ?? [], roles: known?.roles ?? [])
        let call: Call
        if let happened = arguments.object["happened"]?.bool {
            let reason = try arguments.required("reason").boundedText
            call = try await house.gate.reconcile(id, didHappen: happened, reason: reason, by: person)
        } else {
            guard let snapshot else {
                throw CommandError("no server runs on this data directory, so no source can be asked")
            }
            call = try await house.gate.reconcile(id, by: person, in: snapshot())
        }
        let what = call.outcome?.kind == .result ? "it happened" : "it did not happen"
        return [
            "message": .string("\(id): \(what)\(call.outcome?.status.map { " (status \($0))" } ?? "")."),
            "outcome": .string(call.outcome?.kind.rawValue ?? ""),
        ]
    }

    /// Proposes the call that takes another back.
    func undoCall(_ arguments: Arguments) async throws -> JSONValue {
        let id = try arguments.callID()
        let user = try await decider(arguments, [id])
        guard let snapshot else {
            throw CommandError("no server runs on this data directory, so nothing can be taken back")
        }
        let person = try await house.approver(user, of: try await house.gate.journal.call(id))
        let reply = try await house.gate.undo(id, by: person, in: snapshot())
        switch reply {
        case .answer(_, let call):
            return ["message": .string("\(id) is taken back by \(call)."), "call": .string(call.text), "state": "done"]
        case .earlier(_, let call):
            let isDone = call.outcome?.kind == .result
            return [
                "message": .string(
                    isDone
                        ? "\(id) was taken back already, by \(call.id)."
                        : "Whether \(call.id) took it back is unknown: 'sallyport approvals reconcile \(call.id)'."),
                "call": .string(call.id.text), "state": isDone ? "done" : "unknown",
            ]
        case .pending(let call):
            return [
                "message": .string(
                    "Taking \(id) back waits for people: \(call.id), \(call.headline). Once they agree, repeat this command."
                ),
                "call": .string(call.id.text), "state": .string(call.phase.rawValue),
            ]
        case .refused(let refusal, _): throw refusal
        }
    }

    /// A person lets another decide in their place.
    func delegate(_ arguments: Arguments) async throws -> JSONValue {
        let from = try await person(arguments)
        let to = try arguments.required("to")
        let reason = try arguments.required("reason").boundedText
        guard let span = seconds(try arguments.required("until")), span > 0, span <= 90 * 86_400 else {
            throw CommandError("a delegation lasts for a time such as 8h or 7d, at most 90d")
        }
        guard to != from, try await house.users.isActive(to) else {
            throw CommandError("'\(to.boundedText)' is nobody who could decide in your place")
        }
        let own = house.inForce.value.people[from]?.roles ?? []
        let roles = arguments.object["roles"]?.array.map { Set($0.compactMap(\.string)) }
        if let foreign = (roles ?? []).subtracting(own).sorted().first {
            throw CommandError("you do not have the role '\(foreign.boundedText)'")
        }
        let delegation = Delegation(
            from: from, to: to, roles: roles, until: house.gate.now().advanced(bySeconds: span), reason: reason)
        // First written down: whoever decides for another has a record that says why they may.
        try await record("delegated", by: from, delegation.details)
        house.gate.delegations.withLock { $0.add(delegation) }
        return ["message": .string("\(to) decides in your place until \(delegation.until).")]
    }

    func endDelegation(_ arguments: Arguments) async throws -> JSONValue {
        let from = try await person(arguments)
        let to = try arguments.required("to")
        // First in force: what ends must end.
        guard house.gate.delegations.withLock({ $0.remove(from: from, to: to) }) else {
            throw CommandError("\(to.boundedText) does not decide in your place")
        }
        try await record("delegation-ended", by: from, ["to": .string(to)])
        return ["message": .string("\(to) does not decide in your place any more.")]
    }

    func listDelegations() -> JSONValue {
        let now = house.gate.now()
        return [
            "delegations": .array(
                house.gate.delegations.withLock { $0.all(at: now) }.map { delegation in
                    [
                        "from": .string(delegation.from), "to": .string(delegation.to),
                        "roles": .string(delegation.roles.map { $0.sorted().joined(separator: ", ") } ?? "all"),
                        "until": .string(delegation.until.description), "reason": .string(delegation.reason),
                    ]
                })
        ]
    }
}

extension Records.Pace {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "decided": JSONValue(decided), "approved": JSONValue(approved),
            "median_seconds": JSONValue(medianSeconds),
            "shortest_gap_seconds": shortestGap.map { JSONValue($0) } ?? .null,
        ]
    }
}

extension Delegation {
    fileprivate var details: JSONObject {
        var details: JSONObject = [
            "to": .string(to), "until": JSONValue(Int(until.microseconds)), "reason": .string(reason),
        ]
        if let roles { details.append("roles", .array(roles.sorted().map { .string($0) })) }
        return details
    }
}

/// Who decides in whose place, from the journal.
func delegations(in journal: any Journal) async throws -> Delegations {
    var delegations = Delegations()
    let entries = try await journal.search(EntryFilter(acts: ["delegated", "delegation-ended"], limit: 100_000))
    for act in entries.reversed().compactMap(\.body.first) {
        // A restoring ends them in the place of whoever gave them.
        guard let details = act["details"], let from = details["from"]?.string ?? act["by"]?.string,
            let to = details["to"]?.string
        else {
            throw CommandError("the journal holds a delegation that this version cannot read")
        }
        if act["act"] == "delegated" {
            delegations.add(
                Delegation(
                    from: from, to: to,
                    roles: details["roles"]?.array.map { Set($0.compactMap(\.string)) },
                    until: Timestamp(microseconds: Int64(details["until"]?.int ?? 0)),
                    reason: details["reason"]?.string ?? ""))
        } else {
            _ = delegations.remove(from: from, to: to)
        }
    }
    return delegations
}
