package import Core
import JSON
import Policy
import Risk

extension Gate {
    /// The call as it stands once it is opened and decided. Nothing is recorded yet.
    func open(
        _ request: ToolRequest, _ bound: BoundArguments, _ decision: Decision, in snapshot: Snapshot,
        at start: Timestamp
    ) throws(Refusal) -> OpenCall {
        let tool = bound.tool.tool
        let arguments = tool.redaction.redact(bound.arguments, with: vault.sweeper)
        let opening = Opening(
            principal: bound.principal, reference: tool.reference, arguments: arguments,
            stakes: tool.isRead ? nil : Stakes(of: arguments, tool.risk),
            digest: vault.digest(of: bound.binding), idempotencyKey: request.idempotencyKey, trace: request.trace,
            partOf: request.partOf, snapshot: snapshot.version)
        do throws(Call.IllegalTransition) {
            var call = try Call(id: newCallID(start), CallEvent(.opened(opening), at: start))
            try call.apply(CallEvent(.decided(decision), at: start))
            return OpenCall(request, bound, call)
        } catch {
            throw Refusal(.internalFault, "The call could not be opened.", cause: "\(error)".boundedText)
        }
    }

    /// Makes sure that the call can be sent as this user, before a human or the journal hears of it.
    func prepare(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Departure {
        do throws(Refusal) {
            guard let backend = snapshot.backends[opened.tool.source] else {
                throw Refusal(.internalFault, "The tool's source is not there.", cause: "no backend for the source")
            }
            return try await backend.prepare(opened.bound)
        } catch {
            throw try await refuse(opened, error)
        }
    }

    /// Records the refusal of a call that cannot be sent or may not run.
    @inline(never)
    func refuse(_ opened: OpenCall, _ refusal: Refusal) async throws -> RefusedCall {
        let call = opened.call
        let now = now()
        let key = RefusalFold.Key(opened.bound.principal, call.opening.tool, refusal.code)
        let isRecorded = try await fold(key, at: now) {
            try await recordRefusal(
                refusal, request: call.opening.tool, call: call.id, principal: opened.bound.principal, at: now)
        }
        return RefusedCall(refusal: refusal, call: isRecorded ? call.id : nil)
    }

    /// Records the denied call and says no.
    @inline(never)
    func deny(_ opened: OpenCall) async throws -> Reply {
        let call = opened.call
        let refusal = Refusal(.denied, "Policy does not allow this call.", cause: call.decision?.explanation)
        // What was asked and why it was denied stays for the first few, so that another policy can be held against them.
        let key = RefusalFold.Key(opened.bound.principal, call.opening.tool, refusal.code)
        let isRecorded = try await fold(key, at: call.openedAt, recording: 10) {
            _ = try await journal.append(Addition(call: call, events: call.beginning, durability: .withNext))
        }
        return .refused(refusal, call: isRecorded ? call.id : nil)
    }

    /// Records a request that never became a call and says no.
    @inline(never)
    func refuse(
        _ request: ToolRequest, _ refusal: Refusal, as principal: Principal, at start: Timestamp
    ) async -> Reply {
        // Names that are none are told apart for the first few only, or each would cost a record.
        let isGuess = refusal.code == .unknownTool
        let key = RefusalFold.Key(principal, isGuess ? "" : request.name.boundedText, refusal.code)
        do {
            _ = try await fold(key, at: start, recording: isGuess ? 10 : 1) {
                try await recordRefusal(refusal, request: request.name, principal: principal, at: start)
            }
            return .refused(refusal, call: nil)
        } catch {
            return .refused(.notRecorded(error), call: nil)
        }
    }

    /// Records that somebody could not sign in, once a minute for each name that there is, and once for all others.
    package func recordRefusedSignIn(_ name: String?) async throws {
        let now = now()
        let key = RefusalFold.Key(user: name ?? "(nobody)", agent: "", tool: "sign-in", code: .denied)
        _ = try await fold(key, at: now, recording: 5) {
            try await journal.record(
                Act("sign-in-refused", by: name?.boundedText ?? "(nobody)", at: now), durability: .withNext)
        }
    }

    /// Records that a message which asks to act was not signed, too old or came twice.
    package func recordRefusedWish(of call: CallID) async throws {
        let now = now()
        let key = RefusalFold.Key(user: "webhook", agent: "", tool: "wish", code: .denied)
        _ = try await fold(key, at: now, recording: 5) {
            try await journal.record(Act("wish-refused", by: "webhook", call: call, at: now), durability: .withNext)
        }
    }

    /// Records a refusal, or counts it with its equals.
    ///
    /// - Returns: whether it has a record of its own.
    func fold(
        _ key: RefusalFold.Key, at now: Timestamp, recording most: Int = 1, _ record: () async throws -> Void
    ) async throws -> Bool {
        guard let noted = refusals.note(key, at: now, recording: most) else { return false }
        do {
            try await record()
            return true
        } catch {
            refusals.unnote(noted)
            throw error
        }
    }

    func recordRefusal(
        _ refusal: Refusal, request: String, call: CallID? = nil, principal: Principal, at start: Timestamp
    ) async throws {
        var details: JSONObject = ["code": .string(refusal.code.rawValue)]
        if let tenant = principal.tenant { details.append("tenant", .string(tenant)) }
        if let cause = refusal.cause { details.append("cause", .string(cause.boundedText)) }
        try await journal.record(
            Act(
                "call-refused", by: principal.user, agent: principal.agent, tool: request.boundedText, call: call,
                details: details, at: start), durability: .withNext)
    }
}

extension Gate {
    /// Records how often refusals were repeated whose minute is over.
    ///
    /// - Parameter isLast: also those whose minute is not over, before the process ends.
    package func recordRepeatedRefusals(isLast: Bool = false) async throws {
        let now = now()
        let moment = isLast ? now.advanced(bySeconds: 1) : now.advanced(bySeconds: -RefusalFold.windowSeconds)
        for folded in refusals.due(before: moment) {
            var details: JSONObject = [
                "code": .string(folded.key.code.rawValue), "times": JSONValue(folded.count),
                "since": .string(folded.first.description), "until": .string(folded.last.description),
            ]
            if let tenant = folded.key.tenant { details.append("tenant", .string(tenant)) }
            try await journal.record(
                Act(
                    "calls-refused", by: folded.key.user, agent: folded.key.agent,
                    tool: folded.key.tool.isEmpty ? nil : folded.key.tool, details: details, at: now),
                durability: .withNext)
            refusals.remove(folded)
        }
    }
}

extension Call {
    /// The events that ``Gate/open`` folded, for the first addition to the journal.
    var beginning: [CallEvent] {
        var events: [CallEvent] = []
        // With room for what is added to it.
        events.reserveCapacity(3)
        events.append(CallEvent(.opened(opening), at: openedAt))
        if let decision { events.append(CallEvent(.decided(decision), at: openedAt)) }
        return events
    }
}
