package import Core
import JSON
import Policy

extension Gate {
    /// The agent in whose name calls are made that take others back: it can be allowed and stopped by itself, so what a
    /// stopped agent did can be undone.
    package static let undoAgent = "sallyport-undo"

    /// Reads the record that a call would change, where taking the call back needs it.
    ///
    /// - Throws: ``Refusal`` where it cannot be read: what could not be taken back as declared does not run.
    @inline(never)
    func lookBefore(_ opened: OpenCall, in snapshot: Snapshot) async throws {
        guard case .found(let record) = await look(opened, for: opened.call.id, in: snapshot) else {
            throw try await refuse(
                opened,
                Refusal(
                    .sourceUnavailable,
                    "The record cannot be read now, so this call could not be taken back as is declared. "
                        + "Nothing was done; repeat it later."))
        }
        opened.before = record
    }

    /// Makes sure that what is declared to be taken back can be.
    @inline(never)
    func checkUndo(_ opened: OpenCall, _ undo: Undo, in snapshot: Snapshot) async throws {
        if undo.needsRecord { try await lookBefore(opened, in: snapshot) }
        guard undo.isCertain else { return }
        if let (name, arguments) = compensation(of: opened, nil), let tool = undoing(opened, name, in: snapshot) {
            var principal = opened.bound.principal
            principal.agent = Self.undoAgent
            let request = ToolRequest(name: tool.name, arguments: arguments)
            let trial = try? open(request, as: principal, in: snapshot, at: now())
            if let trial, trial.effect != .deny { return }
        }
        throw try await refuse(
            opened,
            Refusal(
                .invalidArguments,
                "This call could not be taken back as is declared: what that takes is not there, does not fit, or is not "
                    + "allowed. Nothing was done."))
    }

    /// The tool of the same source that takes a call back, where it can be reached.
    private func undoing(_ opened: OpenCall, _ name: String, in snapshot: Snapshot) -> Tool? {
        snapshot.catalogue[name].flatMap { $0.source == opened.tool.source ? $0 : nil }
    }

    private func compensation(
        of opened: OpenCall, _ answer: JSONValue?
    ) -> (tool: String, arguments: JSONObject)? {
        guard let undo = opened.tool.undo else { return nil }
        // A call of the same tool is bound anew; what is bound is no argument of it.
        let given = undo.way == .restore ? opened.request.arguments : opened.bound.arguments
        return undo.compensation(of: opened.tool, given, answer: answer, before: opened.before)
    }

    /// Keeps the call that takes this one back, sealed, for as long as is declared.
    func keepUndo(of opened: OpenCall, _ answer: SafeAnswer?, in snapshot: Snapshot) async throws {
        guard let undo = opened.tool.undo, opened.call.outcome?.kind == .result else { return }
        let text = answer.flatMap { $0.text.isEmpty ? nil : try? JSONParser.parse($0.text) }
        let id = opened.call.id
        guard let (name, arguments) = compensation(of: opened, text), let tool = undoing(opened, name, in: snapshot)
        else {
            try await journal.record(
                Act("undo-lost", by: "system", tool: opened.tool.name, call: id, at: now()), durability: .withNext)
            return
        }
        let value: JSONValue = [
            "tool": .string(name), "definition": .string(tool.definition.hex), "arguments": .object(arguments),
        ]
        let until = opened.call.lastEventAt.advanced(bySeconds: undo.window)
        let sealed = try vault.seal(value.bytes, purpose: KeptKind.undo.purpose(id))
        try await journal.keep(sealed, for: id, as: .undo, until: until)
    }

    /// Proposes the call that takes another back: a call of its own, with its own decision and records, as the user of the
    /// first. However often it is asked for, it happens once.
    ///
    /// - Parameter person: the user of the call, or somebody who could have approved it.
    /// - Throws: ``Refusal`` where nothing takes it back, or any more; the journal's fault.
    package func undo(_ id: CallID, by person: Approver, in snapshot: Snapshot) async throws -> Reply {
        let now = now()
        guard let call = try await journal.call(id) else { throw Refusal(.unknownTool, "There is no call \(id).") }
        try mayUndo(call, person)
        guard call.outcome?.kind == .result else {
            throw Refusal(.denied, "This call did nothing that could be taken back.")
        }
        guard let sealed = try await journal.kept(for: id, as: .undo, at: now), !sealed.isEmpty,
            let kept = try? JSONParser.parse(try vault.open(sealed, purpose: KeptKind.undo.purpose(id))),
            let tool = kept["tool"]?.string, let arguments = kept["arguments"]?.object
        else {
            throw Refusal(.denied, "Nothing is declared that takes this call back, or its time is over.")
        }
        guard let known = snapshot.catalogue[tool], kept["definition"]?.string == known.definition.hex else {
            throw Refusal(.denied, "The tool that would take this call back is another one by now.")
        }
        // Whoever asks has proven to be there; a token of the user's need not be valid any more.
        guard var principal = try await actor(call.opening.principal) else {
            throw Refusal(.denied, "The user of this call is none any more, so nothing can be done as them.")
        }
        principal.agent = Self.undoAgent
        try await journal.record(
            Act(
                "undo-asked", by: person.name, agent: principal.agent, tool: call.opening.tool, call: id, at: now),
            durability: .now)
        var request = ToolRequest(name: tool, arguments: arguments, trace: call.opening.trace, partOf: id)
        request.idempotencyKey = try await undoKey(of: id, principal)
        do {
            return try await run(try open(request, as: principal, in: snapshot, at: now), in: snapshot)
        } catch let refused as RefusedCall {
            return .refused(refused.refusal, call: refused.call)
        }
    }

    private func mayUndo(_ call: Call, _ person: Approver) throws(Refusal) {
        if call.isInTheName(of: person) {
            guard person.isSure else {
                throw Refusal(.denied, "It is not sure that the user of this call is you.")
            }
            return
        }
        let asked = (call.decision?.demands ?? []).reduce(into: Set<String>()) { $0.formUnion($1.roles) }
        // What nobody was asked for may be taken back by whoever approves anything.
        guard asked.isEmpty ? !person.roles.isEmpty : !asked.isDisjoint(with: person.roles) else {
            throw Refusal(.denied, "Taking this call back is for its user, or for somebody who could approve it.")
        }
    }

    /// The key that makes it happen once: that of the attempt that did something or may still, else a new one.
    private func undoKey(of id: CallID, _ principal: Principal) async throws -> String {
        var sent = 0
        for attempt in 1...1_000 {
            let key = "undo/\(id)/\(attempt)"
            guard let known = try await journal.call(idempotencyKey: key, of: principal) else { return key }
            switch known.phase {
            case .rejected, .expired, .withdrawn, .decided: continue
            case .settled where known.outcome?.kind == .refusal || known.outcome?.kind == .failure: sent += 1
            case .opened, .proposed, .approved, .admitted, .settled: return key
            }
            if sent >= 20 { break }
        }
        throw Refusal(.denied, "It was tried to take this call back too often.")
    }
}
