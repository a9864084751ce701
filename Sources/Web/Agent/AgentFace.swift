package import Core
package import Engine
import JSON
package import MCP
import NIOCore
import Synchronization

/// What agents meet: MCP requests of an authenticated principal in, answers out.
package struct AgentFace: Sendable {
    /// Asks the client's user while its request is open; nil where nothing came back in time.
    typealias Ask = @Sendable (Elicitation) async -> ElicitationAnswer?

    let gate: Gate
    let snapshot: @Sendable () -> Snapshot
    private let instructions: String?
    /// Where people decide: a page for each call is below it.
    let approvals: String?

    /// Tools on one page of a list, and bytes.
    static let pageTools = 1000
    static let pageBytes = 4 << 20

    package init(
        gate: Gate, snapshot: @escaping @Sendable () -> Snapshot, instructions: String? = nil, approvals: String? = nil
    ) {
        self.gate = gate
        self.snapshot = snapshot
        self.instructions = instructions
        self.approvals = approvals
    }

    /// Answers one request.
    package func respond(to exchange: Exchange, as principal: Principal) async -> Answer {
        await respond(to: exchange, as: principal, ask: nil)
    }

    func respond(to exchange: Exchange, as principal: Principal, ask: Ask?) async -> Answer {
        // What is rare is in functions of its own (Engine/Serve.swift says why).
        guard let request = Self.toolRequest(exchange), exchange.requestState == nil else {
            return await respondToRare(exchange, as: principal, ask: ask)
        }
        let snapshot = snapshot()
        let start = gate.now()
        let reply = await gate.serve(request, as: principal, in: snapshot)
        let isPlain = if case .pending = reply { false } else { exchange.meta[MetaName.receipt] != true }
        guard isPlain else {
            return await respond(
                to: exchange, with: reply, to: request, as: principal, ask: ask, in: snapshot, from: start)
        }
        return exchange.answer(reply, tool: snapshot.catalogue[request.name], approvals: approvals)
    }

    /// Answers what calls no tool, and who comes back with a state.
    @inline(never)
    private func respondToRare(_ exchange: Exchange, as principal: Principal, ask: Ask?) async -> Answer {
        if let request = Self.toolRequest(exchange), let state = exchange.requestState {
            return await proceed(
                Waiting(exchange: exchange, request: request, principal: principal, ask: ask), state: state)
        }
        if let answer = answer(exchange, as: principal) { return answer }
        return await answerTask(exchange, as: principal)
    }

    /// Answers a call that waits, or whose client asks where it stands in the log.
    @inline(never)
    private func respond(
        to exchange: Exchange, with reply: Reply, to request: ToolRequest, as principal: Principal, ask: Ask?,
        in snapshot: Snapshot, from start: Timestamp
    ) async -> Answer {
        if case .pending(let call) = reply {
            return await answer(
                Waiting(
                    exchange: exchange, request: request, principal: principal, ask: ask,
                    isNew: call.openedAt >= start), call)
        }
        return exchange.answer(
            reply, tool: snapshot.catalogue[request.name], approvals: approvals, receipt: await gate.receipt(of: reply))
    }

    /// An id that nobody can guess.
    func newID() -> String { gate.newCallID(gate.now()).text }

    private static func toolRequest(_ exchange: Exchange) -> ToolRequest? {
        guard case .callTool(let name, let arguments) = exchange.method else { return nil }
        return ToolRequest(
            name: name, arguments: arguments, idempotencyKey: exchange.meta[MetaName.idempotencyKey]?.string,
            repeats: exchange.meta[MetaName.call]?.string.flatMap { CallID($0) },
            trace: exchange.traceContext?.traceparent)
    }

    /// Answers what needs nothing but the snapshot; nil for what needs the journal.
    private func answer(_ exchange: Exchange, as principal: Principal) -> Answer? {
        switch exchange.method {
        case .discover:
            var capabilities: JSONObject = ["tools": [:]]
            for member in ClientAbilities.tasksCapability { capabilities.append(member.key, member.value) }
            return exchange.discovered(capabilities: capabilities, instructions: instructions, timeToLive: 60_000)
        case .initialize:
            var answer = exchange.initialized(capabilities: ["tools": [:]], instructions: instructions)
            answer.session = Session(ClientAbilities(exchange.clientCapabilities))
                .id(sealedBy: gate.vault, for: principal)
            return answer
        case .ping: return exchange.result(JSONObject())
        case .listTools(let cursor): return list(from: cursor, exchange, as: principal)
        case .callTool: return exchange.unknownTool()
        case .getTask, .updateTask, .cancelTask:
            let client = ClientAbilities(exchange.clientCapabilities)
            return client.pollsTasks ? nil : exchange.missingCapability(ClientAbilities.tasksCapability)
        }
    }

    private func answerTask(_ exchange: Exchange, as principal: Principal) async -> Answer {
        switch exchange.method {
        case .getTask(let id): await getTask(id, exchange, as: principal)
        case .updateTask(let id, let answers): await updateTask(id, answers, exchange, as: principal)
        case .cancelTask(let id): await cancelTask(id, exchange, as: principal)
        case .discover, .initialize, .ping, .listTools, .callTool: exchange.unknownTask()
        }
    }

    private func list(from cursor: String?, _ exchange: Exchange, as principal: Principal) -> Answer {
        let snapshot = snapshot()
        let tools = snapshot.listing.tools(for: principal)
        var start = 0
        if let cursor {
            guard let place = Cursor(cursor, sealedBy: gate.vault, for: principal), place.snapshot == snapshot.version,
                tools.indices.contains(place.index)
            else { return exchange.invalidCursor() }
            start = place.index
        }
        var end = start
        var bytes = 0
        while end < tools.count, end - start < Self.pageTools,
            end == start || bytes + tools[end].count <= Self.pageBytes
        {
            bytes += tools[end].count
            end += 1
        }
        let next = end < tools.count ? Cursor(index: end, snapshot: snapshot.version) : nil
        return exchange.tools(
            tools[start..<end].lazy.map { EncodedJSON(trusting: $0) },
            nextCursor: next.flatMap { $0.text(sealedBy: gate.vault, for: principal) })
    }
}

/// Our keys in `_meta`.
enum MetaName {
    /// The id of the call: in results, and in the repeat of a call that waited.
    static let call = "dev.sallyport/call"
    /// The client's own key for a call, so that a repeat is recognised.
    static let idempotencyKey = "dev.sallyport/idempotency-key"
    /// The stable code of a refusal.
    static let code = "dev.sallyport/code"
    /// In a request: whether the reply is to say where the call stands in the log. In the reply: where.
    static let receipt = "dev.sallyport/receipt"
    /// Whose words a result holds: `untrusted` for data of the source, which are no instructions.
    static let content = "dev.sallyport/content"
    /// Where people decide the call.
    static let approval = "dev.sallyport/approval"
}
