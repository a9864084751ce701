package import Core
import JSON
import Policy

extension Gate {
    /// How long the arguments of a call are kept whose outcome is unknown.
    static let reconcilableSeconds = 7 * 86_400

    /// Keeps a write's arguments, sealed, where the source would recognise them: until the outcome is known.
    func keepArguments(of opened: OpenCall, in snapshot: Snapshot) async throws {
        guard !opened.tool.isRead, let backend = snapshot.backends[opened.tool.source],
            backend.recognisesRepeats(of: opened.tool)
        else { return }
        let sealed = try vault.seal(
            JSONValue.object(opened.request.arguments).bytes, purpose: KeptKind.arguments.purpose(opened.call.id))
        try await journal.keep(
            sealed, for: opened.call.id, as: .arguments, until: now().advanced(bySeconds: Self.reconcilableSeconds))
        opened.keepsArguments = true
    }

    /// Calls whose outcome is unknown, newest first, among the latest.
    package func unknownOutcomes() async throws -> [Call] {
        var calls: [Call] = []
        for entry in try await journal.search(EntryFilter(phase: .settled, limit: 10_000)) {
            guard entry.body.contains(where: { $0["outcome"]?.string == Outcome.Kind.unknown.rawValue }),
                let id = entry.call, let call = try await journal.call(id), call.outcome?.kind == .unknown
            else { continue }
            calls.append(call)
        }
        return calls
    }

    /// Settles an unknown outcome by sending the same request once more under the same operation id: a source that got it
    /// the first time answers as it did then, and does nothing twice. One that never got it does it now, so it takes somebody
    /// who could have approved it.
    ///
    /// - Throws: ``Refusal`` where that cannot be asked, or the answer says nothing; the journal's fault.
    package func reconcile(_ id: CallID, by person: Approver, in snapshot: Snapshot) async throws -> Call {
        var call = try await unknownOutcome(id, for: person)
        let now = now()
        let principal = call.opening.principal
        guard let sealed = try await journal.kept(for: id, as: .arguments, at: now), !sealed.isEmpty,
            let arguments = try JSONParser.parse(try vault.open(sealed, purpose: KeptKind.arguments.purpose(id))).object
        else {
            throw Refusal(
                .denied,
                "The source cannot be asked: it is not known to recognise a repeated request, or it is too long ago.")
        }
        let opened = try open(
            ToolRequest(name: call.opening.tool, arguments: arguments), as: principal, in: snapshot, at: now)
        guard opened.tool.definition == call.opening.definition, opened.effect != .deny,
            snapshot.backends[opened.tool.source]?.recognisesRepeats(of: opened.tool) == true
        else { throw Refusal(.denied, "The source cannot be asked: tool or policy are not what they were.") }
        if let objection = admissions.objection(to: call.opening) { throw objection }
        let departure = try await prepare(opened, in: snapshot)
        try await journal.record(
            Act(
                "reconcile-asked", by: person.name, agent: principal.agent, tool: call.opening.tool, call: id, at: now),
            durability: .now)
        let raw = await departure.dispatch(Permit(call: id))
        let outcome = shape(raw, of: opened.tool, latency: 0).outcome
        guard outcome.kind == .result || outcome.kind == .refusal else {
            throw Refusal(
                .outcomeUnknown, "The source gave no answer that tells. Try again later.", cause: outcome.cause)
        }
        try await settle(&call, outcome, by: person.name)
        return call
    }

    /// Settles an unknown outcome by a person's word, who looked.
    package func reconcile(_ id: CallID, didHappen: Bool, reason: String, by person: Approver) async throws -> Call {
        var call = try await unknownOutcome(id, for: person)
        let outcome = Outcome(
            kind: didHappen ? .result : .failure, cause: "stated by \(person.name): \(reason)".boundedText)
        try await settle(&call, outcome, by: person.name)
        return call
    }

    /// A call that a person may settle: not their own, and with a role that could approve it where it was asked.
    private func unknownOutcome(_ id: CallID, for person: Approver) async throws -> Call {
        guard let call = try await journal.call(id) else { throw Refusal(.unknownTool, "There is no call \(id).") }
        guard call.outcome?.kind == .unknown else {
            throw Refusal(.denied, "The outcome of this call is not unknown.")
        }
        if call.isInTheName(of: person) {
            throw Refusal(.denied, "You cannot settle a call that was made in your own name.")
        }
        let roles = (call.decision?.demands ?? []).reduce(into: Set<String>()) { $0.formUnion($1.roles) }
        if !roles.isEmpty, roles.isDisjoint(with: person.roles) {
            throw Refusal(
                .denied, "Settling this call takes one of the roles: \(roles.sorted().joined(separator: ", ")).")
        }
        return call
    }

    private func settle(_ call: inout Call, _ outcome: Outcome, by person: String) async throws {
        let event = CallEvent(.reconciled(outcome, by: person), at: now())
        try call.apply(event)
        guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
            throw Refusal(.busy, "Somebody else settled this call at the same moment. Look at it again.")
        }
        // Nobody needs the arguments any more.
        try await forget(.arguments, of: call.id)
    }
}
