import Core
import Engine
import JSON
import Policy
import Store

extension Administration {
    func known(_ arguments: Arguments) async throws -> Call {
        let id = try arguments.callID()
        guard let call = try await house.gate.journal.call(id) else { throw CommandError("there is no call \(id)") }
        return call
    }

    func explain(_ arguments: Arguments) async throws -> JSONValue {
        let call = try await known(arguments)
        let decision = call.decision
        return [
            "call": .string(call.id.text), "tool": .string(call.opening.tool),
            "effect": decision.map { .string($0.effect.rawValue) } ?? .null,
            "because": .array((decision?.because ?? []).map { .string($0) }),
            "policy": decision.map { .string($0.policyVersion) } ?? .null,
            "phase": .string(call.phase.rawValue),
            "explanation": .string(
                "\(call.opening.tool) for \(call.opening.principal.user) was \(decision?.explanation ?? "not decided")"
                    + " (policy \(decision?.policyVersion ?? "?")); the call is \(call.phase.rawValue)."),
        ]
    }

    func search(_ arguments: Arguments) async throws -> JSONValue {
        if let wanted = try JournalQuery(arguments) {
            let found = try await house.findAll(wanted)
            var details = arguments.object
            details["calls"] = JSONValue(found.count)
            try await record("audit-read", details)
            return ["entries": .array(try found.flatMap { try $0.rows.reversed().map { try Entry($0).json } })]
        }
        var filter = EntryFilter(
            user: arguments["user"], agent: arguments["agent"], tool: arguments["tool"],
            before: arguments.object["before"]?.int, limit: min(max(arguments.object["limit"]?.int ?? 50, 1), 10_000))
        if arguments["call"] != nil { filter.call = try arguments.callID() }
        if let phase = arguments["phase"] {
            guard let phase = Call.Phase(rawValue: phase) else {
                throw CommandError(
                    "'\(phase.boundedText)' is no phase",
                    hint: "One of: \(Call.Phase.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            filter.phase = phase
        }
        if let act = arguments["act"] { filter.acts = [act] }
        if let since = arguments["since"] {
            guard let seconds = seconds(since) else {
                throw CommandError("'\(since.boundedText)' is no time such as 30m or 7d")
            }
            filter.since = house.gate.now().advanced(bySeconds: -seconds)
        }
        let entries = try await house.gate.journal.search(filter)
        var details = arguments.object
        details["entries"] = JSONValue(entries.count)
        try await record("audit-read", details)
        return ["entries": .array(entries.map(\.json))]
    }
}

/// Seconds of a text such as `30s`, `10m`, `12h`, `7d`.
func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count >= 0 else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : seconds
}

extension Call {
    /// What a list of waiting calls shows.
    var summary: JSONValue {
        [
            "id": .string(id.text), "tool": .string(opening.tool), "user": .string(opening.principal.user),
            "agent": .string(opening.principal.agent),
            "tenant": opening.principal.tenant.map { .string($0) } ?? .null, "phase": .string(phase.rawValue),
            "opened": .string(openedAt.description), "expires": expires.map { .string($0.description) } ?? .null,
            "roles": .string(
                awaitsConfirmation
                    ? "the user" : missingSeats.map { $0.roles.sorted().joined(separator: "/") }.joined(separator: ", ")
            ),
            "change": change?.json ?? .null, "arguments": .object(opening.arguments),
        ]
    }

    /// What one call shows.
    var details: JSONValue {
        var object = summary.object ?? JSONObject()
        object["rules"] = .string(decision?.because.joined(separator: ", ") ?? "")
        object["policy"] = decision.map { .string($0.policyVersion) }
        object["definition"] = .string(opening.definition.hex)
        object["digest"] = .string(opening.digest.hex)
        if !verdicts.isEmpty {
            object["verdicts"] = .string(
                verdicts.map { verdict in
                    let roles = verdict.isOwn ? "the user" : verdict.roles.sorted().joined(separator: ", ")
                    let lenders = Set(verdict.delegated.values).sorted().joined(separator: ", ")
                    return "\(verdict.by) (\(roles)\(lenders.isEmpty ? "" : " in place of \(lenders)")"
                        + "\(verdict.isEmergency ? ", broke the glass" : ""))"
                }.joined(separator: "; "))
        }
        if let outcome { object["outcome"] = .string(outcome.kind.rawValue) }
        return .object(object)
    }
}

extension Entry {
    var json: JSONValue {
        [
            "position": JSONValue(position), "time": .string(at.description),
            "call": call.map { .string($0.text) } ?? .null,
            "events": .array(
                body.map { event in
                    guard var object = event.object, let at = object["at"]?.int else { return event }
                    object["time"] = .string(Timestamp(microseconds: Int64(at)).description)
                    for key in ["expires", "token_expires"] {
                        guard let moment = object[key]?.int else { continue }
                        object[key] = .string(Timestamp(microseconds: Int64(moment)).description)
                    }
                    return .object(object)
                }),
        ]
    }
}
