package import Core
import JSON
import Policy
import Telemetry

// The way of a call. Each stage takes what only the stage before it can make, so none can be skipped:
//
//   find      name            → VisibleTool
//   validate  arguments       → CheckedArguments
//   bind      principal       → BoundArguments
//   decide    policy          → Decision
//   prepare   backend         → Departure        (the request is built, the credential is there, nothing leaves)
//   approve   ask             → an approved Call, or the reply that it waits
//   require   facts           → all are there, asked with tools that read
//   admit     journal         → Permit           (durable, with what it takes of budgets)
//   dispatch  Permit consumed → RawAnswer
//   shape     declared fields → SafeAnswer
//   settle    journal         → Reply            (durable for writes)
//
// What waits for nothing, and what hardly ever happens, is in functions of its own: what an `async` function names lives
// on for as long as it waits, calls wait by the hundred, and what does not fit into a kilobyte is allocated for each.

extension Gate {
    /// Takes one tool call from request to reply.
    ///
    /// Total: whatever goes wrong is a refusal, and what could not be recorded did not run.
    package func serve(_ request: ToolRequest, as principal: Principal, in snapshot: Snapshot) async -> Reply {
        let start = now()
        // Before anything is checked: what is ordered from here on is noticed at the latest when the call is admitted.
        let knownOrders = journal.knownOrders
        let opened: OpenCall
        let trace = trace(request.trace.flatMap { TraceParent($0) })
        do throws(Refusal) {
            if !snapshot.rates.isEmpty, !request.isDetached {
                try takeFromRates(request, as: principal, in: snapshot, at: start)
            }
            opened = try open(request, as: principal, in: snapshot, at: start)
        } catch {
            let reply = await refuse(request, error, as: principal, at: start)
            note(reply, to: request, trace, in: snapshot, from: start)
            return reply
        }
        opened.knownOrders = knownOrders
        opened.trace = trace
        opened.isTimed = isObserved
        opened.note(.decide, at: now())
        do {
            let reply = try await run(opened, in: snapshot)
            note(reply, to: opened, from: start)
            return reply
        } catch {
            let reply = Reply.refused(error)
            note(reply, to: opened, from: start)
            return reply
        }
    }

    /// Counts a request, whether or not it becomes a call: trying names and arguments costs as much as calling.
    @inline(never)
    private func takeFromRates(
        _ request: ToolRequest, as principal: Principal, in snapshot: Snapshot, at start: Timestamp
    ) throws(Refusal) {
        let tool = snapshot.catalogue[request.name]?.facts
        guard
            let used = rates.take(
                snapshot.rates, for: principal, tool: tool, named: request.name, at: start)
        else { return }
        throw Refusal(
            .rateLimited,
            "Too many calls: at most \(used.rate.calls) in \(used.rate.seconds) s. Try again in \(used.seconds) s.",
            cause: "rate \(used.rate.id), per \(used.rate.per.rawValue)")
    }

    /// From the name to the decision. Nothing is recorded yet.
    func open(
        _ request: ToolRequest, as principal: Principal, in snapshot: Snapshot, at start: Timestamp
    ) throws(Refusal) -> OpenCall {
        guard let tool = snapshot.catalogue.find(request.name, for: principal, under: snapshot.policy) else {
            throw Refusal(.unknownTool, "There is no tool '\(request.name.boundedText)'.")
        }
        let checked = try CheckedArguments.validate(request.arguments, for: tool)
        let bound = try BoundArguments.bind(checked, to: principal)
        let facts = Facts(
            principal, tool.tool.facts, arguments: .known(bound.arguments), minuteOfDay: .known(start.minuteOfDay))
        return try open(request, bound, decide(snapshot.policy, facts), in: snapshot, at: start)
    }

    /// From the decision to the reply.
    func run(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Reply {
        guard opened.effect != .deny else { return try await deny(opened) }
        // Those of this moment: an approved call brings an earlier decision along.
        let requirements = opened.call.decision?.requirements ?? []
        if let objection = admissions.objection(to: opened.call.opening) { throw try await refuse(opened, objection) }
        if opened.request.idempotencyKey != nil {
            if let reply = try await recall(opened) { return reply }
        } else if !opened.tool.isRead, opened.effect == .allow, !opened.request.isDetached,
            let reply = try await recallUnknown(opened)
        {
            return reply
        }
        let departure = try await prepare(opened, in: snapshot)
        opened.note(.prepare, at: now())
        // What nobody waits for runs as the call that was approved, or not at all: also where rules allow it by now.
        if opened.effect == .ask || opened.request.isDetached, let reply = try await approve(opened, in: snapshot) {
            return reply
        }
        try await check(requirements, for: opened, in: snapshot)
        try await passBreaker(opened, in: snapshot)
        opened.note(.approve, at: now())
        let permit = try await admitted(opened, in: snapshot)
        let raw: RawAnswer
        let late = opened.call.lastEventAt.advanced(bySeconds: Self.admissionSeconds)
        if now() < late {
            raw = await departure.dispatch(permit)
        } else {
            raw = .late(cause: "recording the call took more than \(Self.admissionSeconds) s")
        }
        let answered = now()
        opened.note(.dispatch, at: answered)
        breakers.note(
            opened.tool.source, isWorking: raw.isFromWorkingSource, snapshot.breakers[opened.tool.source] ?? .init(),
            at: answered)
        let reply = try await settle(opened, raw, in: snapshot)
        opened.note(.settle, at: now())
        return reply
    }

    /// How long recording a call may take. Whoever asked has stopped waiting by then, and the same call made again by them would
    /// be made twice.
    private static let admissionSeconds = 10

    /// What is asked and looked at before some calls may run; nothing before most.
    @inline(never)
    private func check(_ requirements: [Requirement], for opened: OpenCall, in snapshot: Snapshot) async throws {
        if !requirements.isEmpty { try await require(requirements, for: opened, in: snapshot) }
        if let undo = opened.tool.undo { try await checkUndo(opened, undo, in: snapshot) }
        if opened.request.isDetached { try await checkActor(opened) }
        if opened.effect == .allow, Stakes.concern(opened.tool) { await noteStakes(opened, in: snapshot) }
    }

    /// Looks once more whether the user of a call that runs without its client still is one.
    @inline(never)
    private func checkActor(_ opened: OpenCall) async throws {
        guard try await !isCurrent(opened.bound.principal) else { return }
        throw try await refuse(opened, Refusal(.denied, "The user is no longer known. Nothing was done."))
    }

    /// The permit; without one the breaker has its pass back.
    private func admitted(_ opened: OpenCall, in snapshot: Snapshot) async throws -> Permit {
        do {
            return try await admit(opened, in: snapshot)
        } catch {
            breakers.note(opened.tool.source, isWorking: nil, Breaker.Limits(), at: now())
            throw error
        }
    }

    /// Leaves a source alone that failed too often.
    private func passBreaker(_ opened: OpenCall, in snapshot: Snapshot) async throws {
        do throws(Refusal) {
            let source = opened.tool.source
            try breakers.pass(source, snapshot.breakers[source] ?? .init(), at: now())
        } catch {
            throw try await refuse(opened, error)
        }
    }

    /// The reply to a call whose idempotency key is known; nil where there is none, or where the call that has it waits
    /// or was approved: that one goes its way.
    @inline(never)
    private func recall(_ opened: OpenCall) async throws -> Reply? {
        guard let key = opened.request.idempotencyKey,
            let known = try await journal.call(idempotencyKey: key, of: opened.call.opening.principal)
        else { return nil }
        guard known.phase == .proposed || known.phase == .approved,
            known.opening.digest == opened.call.opening.digest
        else { return try await attach(to: known, digest: opened.call.opening.digest) }
        opened.repeats = known.id
        return nil
    }
}

extension Gate {
    /// The reply to a change that was asked for before and may have happened: it is not made once more before somebody has
    /// said what became of it, or a week is over. Nil where there is none.
    ///
    /// A client that means a second one sends an idempotency key of its own.
    @inline(never)
    private func recallUnknown(_ opened: OpenCall) async throws -> Reply? {
        let digest = opened.call.opening.digest
        let since = now().advanced(bySeconds: -Self.reconcilableSeconds)
        guard let known = try await journal.latestUnknown(digest: digest, since: since) else { return nil }
        return try await attach(to: known, digest: digest)
    }
}

/// A call from its opening to its settlement, with what it was opened for.
///
/// One object that one task has: whoever waits for journal or source holds a reference to it, and no copy.
final class OpenCall {
    let request: ToolRequest
    let bound: BoundArguments
    /// The earlier call that this one repeats.
    var repeats: CallID?
    var call: Call
    /// What it takes of budgets.
    var taken: [Taken] = []
    /// The record that it changes, as it was before, where taking the call back needs it.
    var before: JSONValue?
    /// Whether its arguments are kept until its outcome is known.
    var keepsArguments = false
    /// How many orders of other processes were in force when it was checked.
    var knownOrders: Int?
    var trace: Trace?
    /// Whether anybody wants to know when stages end.
    var isTimed = false
    /// When each stage ended.
    private(set) var ends: [(stage: Course.Stage, at: Timestamp)] = []

    init(_ request: ToolRequest, _ bound: BoundArguments, _ call: Call) {
        self.request = request
        self.bound = bound
        self.call = call
        repeats = request.repeats
    }

    var tool: Tool { bound.tool.tool }
    var effect: Effect { call.decision?.effect ?? .deny }

    func note(_ stage: Course.Stage, at time: @autoclosure () -> Timestamp) {
        guard isTimed else { return }
        if ends.isEmpty { ends.reserveCapacity(Course.Stage.allCases.count) }
        ends.append((stage, time()))
    }
}

extension Reply {
    /// What the agent gets where a stage has thrown.
    fileprivate static func refused(_ error: any Error) -> Reply {
        switch error {
        case let refusal as Refusal: .refused(refusal, call: nil)
        case let refused as RefusedCall: .refused(refused.refusal, call: refused.call)
        default: .refused(.notRecorded(error), call: nil)
        }
    }
}

/// A refusal of a call that has an id.
struct RefusedCall: Error {
    let refusal: Refusal
    /// Nil where the refusal was counted with its equals and has no record of its own.
    let call: CallID?
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
