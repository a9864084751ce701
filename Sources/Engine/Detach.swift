package import Core
import JSON
import Synchronization

// Calls that run without their client: those of a task, and those whose rule says `execute: on-approval`.

extension Gate {
    /// Keeps what a call needs to run without its client, sealed, until it expires.
    package func keepRequest(_ request: ToolRequest, for call: Call) async throws {
        let sealed = try vault.seal(
            JSONValue.object(request.arguments).bytes, purpose: KeptKind.request.purpose(call.id))
        try await journal.keep(sealed, for: call.id, as: .request, until: call.expires ?? call.openedAt)
        // People, or another repeat, may have been faster.
        guard let known = try await journal.call(call.id) else { return }
        if known.phase == .approved { onApproval(call.id, nil) }
        try await forgetRequest(of: known)
    }

    /// Runs an approved call whose client left what it needs. Another who runs it at the same time may be first: then
    /// nothing happens here.
    ///
    /// - Parameter principal: who asks for it now, of the same identity; nil where nobody does. Then the user must still
    ///   be one.
    /// - Returns: what came of it; nil where the call is not approved or nothing was left for it.
    package func runApproved(
        _ id: CallID, as principal: Principal? = nil, in snapshot: Snapshot
    ) async throws -> Reply? {
        // Most calls are run by their clients, and left nothing.
        guard let sealed = try await journal.kept(for: id, as: .request, at: now()), !sealed.isEmpty,
            let call = try await journal.call(id), call.phase == .approved, !call.isOverdue(at: now()),
            let request = try request(sealed, of: call)
        else { return nil }
        // Who asks has just proven to be somebody; of who does not, roles are those of now.
        var actor = principal
        if actor == nil { actor = try await self.actor(call.opening.principal) }
        guard let actor, try await isCurrent(actor) else {
            let refusal = Refusal(
                .missingIdentity, "It is not certain that the user still may. Repeat the call with the same arguments.")
            late.note(refusal, for: id)
            return .refused(refusal, call: id)
        }
        let reply = await serve(request, as: actor, in: snapshot)
        if case .refused(let refusal, _) = reply {
            late.note(refusal, for: id)
            if refusal.code.endsApproval { try await end(id) }
        }
        return reply
    }

    /// Has an approved call run soon for whoever asks for it; tried every few seconds at most.
    package func runSoon(_ id: CallID, as principal: Principal) {
        if late.begin(id, at: now()) { onApproval(id, principal) }
    }

    /// Why a call that was to run without its client did not, as far as this process knows.
    package func lateRefusal(of id: CallID) -> Refusal? { late.find(id) }

    private func request(_ sealed: [UInt8], of call: Call) throws -> ToolRequest? {
        let text = try vault.open(sealed, purpose: KeptKind.request.purpose(call.id))
        guard let arguments = try JSONParser.parse(text).object else { return nil }
        let opening = call.opening
        var request = ToolRequest(
            name: opening.tool, arguments: arguments, idempotencyKey: opening.idempotencyKey, repeats: call.id,
            trace: opening.trace)
        request.isDetached = true
        return request
    }

    /// Ends an approved call that cannot run any more, so that whoever waits for it hears of an end.
    private func end(_ id: CallID) async throws {
        guard var call = try await journal.call(id), call.phase == .approved else { return }
        let event = CallEvent(.expired, at: now())
        try call.apply(event)
        guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else { return }
        try await forgetRequest(of: call)
        noteEnd(of: call)
    }

}

/// Why calls without a client did not run.
final class LateRefusals: Sendable {
    private static let pauseSeconds = 5
    private let known = Mutex(RecentlyUsed<CallID, Refusal>(limit: 10_000))
    private let tried = Mutex(RecentlyUsed<CallID, Timestamp>(limit: 10_000))

    /// - Returns: false where the last attempt was a moment ago.
    func begin(_ call: CallID, at now: Timestamp) -> Bool {
        tried.withLock { tried in
            if let last = tried.find(call), now >= last, now < last.advanced(bySeconds: Self.pauseSeconds) {
                return false
            }
            tried.insert(now, for: call)
            return true
        }
    }

    func note(_ refusal: Refusal, for call: CallID) {
        known.withLock { $0.insert(refusal, for: call) }
    }

    func find(_ call: CallID) -> Refusal? {
        known.withLock { $0.find(call) }
    }
}

extension Refusal.Code {
    /// Whether trying again is of no use: tool, policy or record are not what was approved.
    fileprivate var endsApproval: Bool {
        switch self {
        case .denied, .unknownTool, .invalidArguments, .identityArgument, .recordChanged, .expired, .withdrawn: true
        default: false
        }
    }
}
