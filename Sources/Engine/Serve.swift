package import Core
import JSON
import Policy

// The way of a call. Each stage takes what only the stage before it can make, so none can be skipped:
//
//   find      name            → VisibleTool
//   validate  arguments       → CheckedArguments
//   bind      principal       → BoundArguments
//   decide    policy          → Decision
//   prepare   backend         → Departure        (the request is built, the credential is there, nothing leaves)
//   approve   ask             → an approved Call, or the reply that it waits
//   admit     journal         → Permit           (durable)
//   dispatch  Permit consumed → RawAnswer
//   shape     declared fields → SafeAnswer
//   settle    journal         → Reply            (durable for writes)

extension Gate {
    /// Takes one tool call from request to reply.
    ///
    /// Total: whatever goes wrong is a refusal, and what could not be recorded did not run.
    package func serve(_ request: ToolRequest, as principal: Principal, in snapshot: Snapshot) async -> Reply {
        let start = now()
        let bound: BoundArguments
        do throws(Refusal) {
            guard let tool = snapshot.catalogue.find(request.name, for: principal, under: snapshot.policy) else {
                throw Refusal(.unknownTool, "There is no tool '\(request.name.boundedText)'.")
            }
            let checked = try CheckedArguments.validate(request.arguments, for: tool)
            bound = try BoundArguments.bind(checked, to: principal)
        } catch {
            return await refuse(request, error, as: principal, at: start)
        }

        let tool = bound.tool.tool
        let facts = Facts(
            principal, tool.facts, arguments: .known(bound.arguments), minuteOfDay: .known(start.minuteOfDay))
        let decision = decide(snapshot.policy, facts)
        var call: Call
        do {
            call = try open(request, bound, decision, in: snapshot, at: start)
            guard decision.effect != .deny else { return try await deny(call) }
            var repeats = request.repeats
            if let key = request.idempotencyKey,
                let known = try await journal.call(idempotencyKey: key, of: principal)
            {
                // A call that waits or was approved goes its way; any other has its outcome already.
                guard known.phase == .proposed || known.phase == .approved,
                    known.opening.digest == call.opening.digest
                else { return try await attach(to: known, digest: call.opening.digest) }
                repeats = known.id
            }
            let departure = try await prepare(bound, for: call, in: snapshot)
            if decision.effect == .ask {
                switch try await approve(call, repeats: repeats, in: snapshot) {
                case .run(let approved): call = approved
                case .reply(let reply): return reply
                }
            }
            let permit = try await admit(&call)
            let raw = await departure.dispatch(permit)
            let shaped = shape(raw, of: tool, latency: now().microseconds - start.microseconds)
            return try await settle(&call, shaped, of: tool)
        } catch let refusal as Refusal {
            return .refused(refusal, call: nil)
        } catch let refused as RefusedCall {
            return .refused(refused.refusal, call: refused.call)
        } catch {
            return .refused(.notRecorded(error), call: nil)
        }
    }
}

/// A refusal of a call that has an id.
struct RefusedCall: Error {
    let refusal: Refusal
    let call: CallID
}

extension Refusal {
    /// No record, no call.
    static func notRecorded(_ error: any Error) -> Refusal {
        let cause = (error as? JournalFault).map { "\($0.code.rawValue): \($0.detail)" } ?? "\(error)"
        return Refusal(
            .notRecorded, "The call could not be recorded, so it was not made. Try again later.",
            cause: cause.boundedText)
    }
}
