import Core
import Engine
import JSON

extension Administration {
    /// Stops an agent, a user, a tool, a source or everything. When it answers, nothing of it will be admitted any more.
    ///
    /// Takes no password: whoever may reach the socket may stop, and a stop that is hard to give is none.
    func stop(_ arguments: Arguments) async throws -> JSONValue {
        let scope = try scope(arguments)
        let reason = try arguments.required("reason").boundedText
        let now = house.gate.now()
        let person = arguments["person"]?.boundedText ?? "operator"
        // First in force, then written down: a journal that cannot be written must not keep anything running.
        await house.gate.admissions.stop(Stop(scope, by: person, at: now, reason: reason))
        var details = scope.details
        details.append("reason", .string(reason))
        do {
            try await record("stop", by: person, details)
        } catch {
            throw CommandError(
                "\(scope.text) is stopped, but that could not be recorded: a restart would let it run again",
                hint: "Mend what keeps the journal from being written, and stop it once more.")
        }
        house.gate.admissions.noteRecorded(scope)
        let running = try await house.gate.journal.calls(in: .admitted, limit: 1_000).filter {
            scope.covers($0.opening)
        }
        return [
            "message": .string(
                "\(scope.text) is stopped; nothing of it is admitted any more. "
                    + (running.isEmpty
                        ? "No call of it is running." : "\(running.count) calls of it are still running.")),
            "running": .array(running.map { .string($0.id.text) }),
        ]
    }

    /// Takes a stop back, as a person of the configuration.
    func resume(_ arguments: Arguments) async throws -> JSONValue {
        let scope = try scope(arguments)
        guard house.gate.admissions.stops.all.contains(where: { $0.scope == scope }) else {
            throw CommandError("\(scope.text.boundedText) is not stopped", hint: "'sallyport stop' lists what is.")
        }
        let person = try await person(arguments)
        // First written down: what runs again has a record of who let it.
        try await record("resume", by: person, scope.details)
        _ = house.gate.admissions.resume(scope)
        return ["message": .string("\(scope.text) may run again")]
    }

    func listStops() -> JSONValue {
        [
            "stops": .array(
                house.gate.admissions.stops.all.map { stop in
                    [
                        "what": .string(stop.scope.kind), "name": stop.scope.name.map { .string($0) } ?? .null,
                        "since": .string(stop.at.description), "by": .string(stop.by), "reason": .string(stop.reason),
                    ]
                })
        ]
    }

    private func scope(_ arguments: Arguments) throws -> Stop.Scope {
        let kind = try arguments.required("what")
        guard let scope = Stop.Scope(kind, arguments["name"]) else {
            throw CommandError(
                "'\(kind.boundedText)' is nothing to stop",
                hint: "Stop 'all', or an 'agent', 'user', 'tool' or 'source' by its name.")
        }
        return scope
    }
}

/// What was stopped and not taken back, from the journal.
func stops(in journal: any Journal) async throws -> Stops {
    var stops = Stops()
    let entries = try await journal.search(EntryFilter(acts: ["stop", "resume"], limit: 100_000))
    for act in entries.reversed().compactMap(\.body.first) {
        guard let details = act["details"], let kind = details["what"]?.string,
            let scope = Stop.Scope(kind, details["name"]?.string)
        else { throw CommandError("the journal holds an order to stop that this version cannot read") }
        if act["act"] == "stop" {
            stops.add(
                Stop(
                    scope, by: act["by"]?.string ?? "", at: Timestamp(microseconds: Int64(act["at"]?.int ?? 0)),
                    reason: details["reason"]?.string ?? ""))
        } else {
            _ = stops.remove(scope)
        }
    }
    return stops
}

extension Stop.Scope {
    /// Whether a call is one that it is about.
    fileprivate func covers(_ call: Opening) -> Bool {
        var stops = Stops()
        stops.add(Stop(self, by: "", at: Timestamp(microseconds: 0), reason: ""))
        return stops.stop(of: call) != nil
    }
}
