import Core
import Engine
import JSON
import MCP
import NIOCore
import Testing

@testable import Web

/// The ways in which clients hear what becomes of a call that waits.
@Suite struct WaitingTests {
    private let world = World(approvals: "https://gw.test/approvals")
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    private static let tasks: JSONValue = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]
    private static let links: JSONValue = ["elicitation": ["url": [:]]]
    private static let forms: JSONValue = ["elicitation": [:]]

    private func modern(
        _ method: String, _ client: JSONValue, _ params: JSONObject, as user: String = "ana"
    ) -> Request {
        var params = params
        params["_meta"] = .object([Self.capabilities: client])
        var request = Request(.modern, method, params: params)
        request.token = user
        return request
    }

    private func refund(
        _ client: JSONValue, state: JSONValue? = nil, answers: JSONValue? = nil, tool: String = "refund",
        id: JSONValue = "d-1", as user: String = "ana"
    ) -> Request {
        var params: JSONObject = ["name": .string(tool), "arguments": ["id": id]]
        if let state { params["requestState"] = state }
        if let answers { params["inputResponses"] = answers }
        return modern("tools/call", client, params, as: user)
    }

    /// Sends a request on a connection of its own.
    private func ask(_ request: Request) async throws -> JSONValue {
        let pipe = try await Pipe(world.parts())
        try await pipe.send(request)
        return try #require(pipe.response()?.json)
    }

    /// Looks at a task until it has ended.
    private func end(_ task: JSONValue, _ client: JSONValue) async throws -> JSONValue? {
        for _ in 0..<10_000 {
            let look = try await ask(modern("tasks/get", client, ["taskId": task]))["result"]
            if look?["status"] != "working" { return look }
            await Task.yield()
        }
        return nil
    }

    private func waiting() async throws -> CallID { try #require(try await world.gate.waiting().first?.id) }

    private func decide(_ isApproved: Bool, reason: String? = nil) async throws {
        _ = try await world.gate.decideProposal(
            try await waiting(), ApproverAnswer(isApproved: isApproved, reason: reason, channel: "test"),
            by: Approver("ben", roles: ["manager"]))
    }

    // MARK: Tasks

    @Test func `a client with tasks gets one, and finds the result there`() async throws {
        let made = try await ask(refund(Self.tasks))["result"]
        #expect(made?["resultType"] == "task")
        #expect(made?["status"] == "working")
        #expect(made?["statusMessage"] == "It waits for a person with the role manager or owner to approve it.")
        #expect(made?["ttlMs"]?.int == 4_200_000)
        let id = try #require(made?["taskId"])
        let look = modern("tasks/get", Self.tasks, ["taskId": id])
        #expect(try await ask(look)["result"]?["status"] == "working")
        try await decide(true)
        let done = try await end(id, Self.tasks)
        #expect(done?["resultType"] == "complete")
        #expect(done?["status"] == "completed")
        #expect(done?["result"]?["structuredContent"] == ["id": "d-1"])
        #expect(done?["result"]?["isError"] == false)
        #expect(try await ask(look)["result"]?["result"]?["structuredContent"] == ["id": "d-1"])
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a task is its own principal's, and needs the extension each time`() async throws {
        let id = try #require(try await ask(refund(Self.tasks))["result"]?["taskId"])
        for method in ["tasks/get", "tasks/cancel"] {
            let foreign = modern(method, Self.tasks, ["taskId": id], as: "eve")
            #expect(try await ask(foreign)["error"]?["code"]?.int == -32602)
            let undeclared = try await ask(modern(method, [:], ["taskId": id]))["error"]
            #expect(undeclared?["code"]?.int == -32021)
            #expect(undeclared?["data"]?["requiredCapabilities"] == Self.tasks)
            #expect(try await ask(modern(method, Self.tasks, ["taskId": "x"]))["error"]?["code"]?.int == -32602)
        }
        var other = modern("tasks/get", Self.tasks, ["taskId": id])
        other.headers.removeAll { $0.0 == "Mcp-Name" }
        #expect(try await ask(other)["error"]?["code"]?.int == -32020)
        #expect(try await world.gate.waiting().count == 1)
    }

    @Test func `a rejected task is completed with the reason, a cancelled one is withdrawn`() async throws {
        let id = try #require(try await ask(refund(Self.tasks))["result"]?["taskId"])
        try await decide(false, reason: "too much")
        let rejected = try await ask(modern("tasks/get", Self.tasks, ["taskId": id]))["result"]
        #expect(rejected?["status"] == "completed")
        #expect(rejected?["result"]?["isError"] == true)
        #expect(rejected?["result"]?["content"]?.array?.first?["text"]?.string?.contains("too much") == true)
        let second = try #require(try await ask(refund(Self.tasks, id: "d-2"))["result"]?["taskId"])
        #expect(
            try await ask(modern("tasks/cancel", Self.tasks, ["taskId": second]))["result"]?["resultType"] == "complete"
        )
        #expect(try await ask(modern("tasks/get", Self.tasks, ["taskId": second]))["result"]?["status"] == "cancelled")
        #expect(world.backend.count.begun == 0)
    }

    @Test func `a task asks its own user in a form, once`() async throws {
        let client: JSONValue = ["extensions": ["io.modelcontextprotocol/tasks": [:]], "elicitation": ["form": [:]]]
        // The form comes with the first answer where it can; a task that was made before shows it as well.
        let id = try #require(try await ask(refund(Self.tasks, tool: "note"))["result"]?["taskId"])
        let open = try await ask(modern("tasks/get", client, ["taskId": id]))["result"]
        #expect(open?["status"] == "input_required")
        #expect(open?["inputRequests"]?["confirm"]?["params"]?["mode"] == "form")
        let dismissed: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": false]]]
        _ = try await ask(modern("tasks/update", client, ["taskId": id, "inputResponses": dismissed]))
        #expect(try await ask(modern("tasks/get", client, ["taskId": id]))["result"]?["status"] == "input_required")
        let yes: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": true]], "other": [:]]
        let update = modern("tasks/update", client, ["taskId": id, "inputResponses": yes])
        #expect(try await ask(update)["result"]?["resultType"] == "complete")
        #expect(try await end(id, client)?["status"] == "completed")
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a task takes no form for what others decide`() async throws {
        let id = try #require(try await ask(refund(Self.tasks))["result"]?["taskId"])
        let yes: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": true]]]
        _ = try await ask(modern("tasks/update", Self.tasks, ["taskId": id, "inputResponses": yes]))
        #expect(try await world.gate.waiting().first?.verdicts.isEmpty == true)
    }

    // MARK: Links

    @Test func `a client that opens links comes back with its state until people decided`() async throws {
        let first = try await ask(refund(Self.links))["result"]
        #expect(first?["resultType"] == "input_required")
        let question = first?["inputRequests"]?["approval"]
        #expect(question?["method"] == "elicitation/create")
        #expect(question?["params"]?["mode"] == "url")
        #expect(question?["params"]?["elicitationId"] == nil)
        let call = try await waiting()
        #expect(question?["params"]?["url"] == .string("https://gw.test/approvals/\(call.text)"))
        var state = try #require(first?["requestState"])
        let opened: JSONValue = ["approval": ["action": "accept"]]
        // Opening the page is no approval.
        let again = try await ask(refund(Self.links, state: state, answers: opened))["result"]
        #expect(again?["resultType"] == "input_required")
        #expect(again?["inputRequests"] == nil)
        #expect(world.backend.count.begun == 0)
        state = try #require(again?["requestState"])
        try await decide(true)
        let done = try await ask(refund(Self.links, state: state))["result"]
        #expect(done?["resultType"] == "complete")
        #expect(done?["structuredContent"] == ["id": "d-1"])
        // The state is no ticket: used again, it leads to the outcome.
        let replayed = try await ask(refund(Self.links, state: state))["result"]
        #expect(replayed?["content"]?.array?.last?["text"]?.string?.contains("already ran once") == true)
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a state serves its own request and principal only`() async throws {
        let state = try #require(try await ask(refund(Self.links))["result"]?["requestState"])
        let text = try #require(state.string)
        let flipped = String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0")
        let foreign = [
            refund(Self.links, state: state, id: "d-2"), refund(Self.links, state: state, as: "eve"),
            refund(Self.links, state: .string(flipped)), refund(Self.links, state: ""),
            refund(Self.links, state: state, tool: "note"),
        ]
        for request in foreign {
            let answer = try await ask(request)
            #expect(answer["error"]?["code"]?.int == -32602, "\(answer.text)")
        }
        #expect(try await ask(refund(Self.links, state: 7))["error"]?["code"]?.int == -32602)
        #expect(try await world.gate.waiting().count == 1)
    }

    @Test func `a client is not sent back for ever`() async throws {
        var state = try #require(try await ask(refund(Self.links))["result"]?["requestState"])
        var rounds = 1
        while rounds < 20 {
            let next = try await ask(refund(Self.links, state: state))["result"]
            guard let again = next?["requestState"] else {
                #expect(next?["isError"] == true)
                #expect(next?["_meta"]?["dev.sallyport/code"] == "pending")
                break
            }
            state = again
            rounds += 1
        }
        // SDKs stop after ten.
        #expect(rounds == 8)
    }

    @Test func `who does not open the page is told to repeat the call`() async throws {
        let state = try #require(try await ask(refund(Self.links))["result"]?["requestState"])
        for action in ["decline", "cancel", "what"] {
            let answer = try await ask(
                refund(Self.links, state: state, answers: ["approval": ["action": .string(action)]]))
            #expect(answer["result"]?["_meta"]?["dev.sallyport/code"] == "pending")
        }
    }

    @Test func `a client of 2025-11-25 is told of the page by an error`() async throws {
        let parts = world.parts()
        let pipe = try await Pipe(parts)
        try await pipe.send(
            Request(
                .legacy, "initialize",
                params: ["protocolVersion": "2025-11-25", "capabilities": Self.links, "clientInfo": ["name": "x"]]))
        let session = try #require(pipe.response()?.headers["mcp-session-id"])
        #expect(session.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        func call(_ session: String?, as user: String = "ana") async throws -> JSONValue? {
            var request = Request(.legacy, params: ["name": "refund", "arguments": ["id": "d-1"]])
            request.token = user
            if let session { request.headers.append(("Mcp-Session-Id", session)) }
            try await pipe.send(request)
            return pipe.response()?.json
        }
        let refused = try await call(session)?["error"]
        #expect(refused?["code"]?.int == -32042)
        let asked = refused?["data"]?["elicitations"]?.array?.first
        let id = try await waiting()
        #expect(asked?["mode"] == "url")
        #expect(asked?["elicitationId"] == .string(id.text))
        #expect(asked?["url"] == .string("https://gw.test/approvals/\(id.text)"))
        // A repeat waits along, and is told again.
        #expect(try await call(session)?["error"]?["code"]?.int == -32042)
        // Without the session, with another's or with nonsense it is a plain result.
        for session in [nil, session + "00", "x"] {
            #expect(try await call(session)?["result"]?["_meta"]?["dev.sallyport/code"] == "pending")
        }
        #expect(try await call(session, as: "eve")?["result"]?["_meta"]?["dev.sallyport/code"] == "pending")
        try await decide(true)
        #expect(try await call(session)?["result"]?["structuredContent"] == ["id": "d-1"])
        #expect(world.backend.count.begun == 1)
    }

    // MARK: Forms

    @Test func `a form confirms the user's own call`() async throws {
        let first = try await ask(refund(Self.forms, tool: "note"))["result"]
        let question = first?["inputRequests"]?["confirm"]?["params"]
        #expect(question?["mode"] == "form")
        #expect(question?["requestedSchema"]?["required"] == ["confirm"])
        let state = try #require(first?["requestState"])
        let unticked: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": "yes"]]]
        let still = try await ask(refund(Self.forms, state: state, answers: unticked, tool: "note"))["result"]
        #expect(still?["_meta"]?["dev.sallyport/code"] == "pending")
        let yes: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": true]]]
        let done = try await ask(refund(Self.forms, state: state, answers: yes, tool: "note"))["result"]
        #expect(done?["structuredContent"] == ["id": "d-1"])
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a user who says no withdraws the call`() async throws {
        let state = try #require(try await ask(refund(Self.forms, tool: "note"))["result"]?["requestState"])
        let no: JSONValue = ["confirm": ["action": "decline"]]
        let done = try await ask(refund(Self.forms, state: state, answers: no, tool: "note"))["result"]
        #expect(done?["_meta"]?["dev.sallyport/code"] == "withdrawn")
        #expect(try await world.gate.waiting().isEmpty)
    }

    @Test func `a form is never offered for what others decide`() async throws {
        let answer = try await ask(refund(Self.forms))["result"]
        #expect(answer?["_meta"]?["dev.sallyport/code"] == "pending")
        #expect(answer?["resultType"] == "complete")
    }

    /// A connection of a client that shows forms, with its session.
    private func formClient(_ parts: AgentParts) async throws -> (Pipe, Request) {
        let pipe = try await Pipe(parts)
        try await pipe.send(
            Request(
                .legacy, "initialize",
                params: ["protocolVersion": "2025-11-25", "capabilities": Self.forms, "clientInfo": ["name": "x"]]))
        let session = try #require(pipe.response()?.headers["mcp-session-id"])
        var call = Request(.legacy, params: ["name": "note", "arguments": ["id": "d-1"]])
        call.headers.append(("Mcp-Session-Id", session))
        return (pipe, call)
    }

    private func question(in pipe: Pipe) throws -> JSONValue {
        let data = try #require(pipe.rest.split(separator: "\n").first { $0.hasPrefix("data: ") })
        return try JSONParser.parse(String(data.dropFirst(6)).trimmingSuffix("\r"))
    }

    private func answer(_ id: JSONValue?, _ result: JSONValue, as user: String = "ana", _ parts: AgentParts)
        async throws
    {
        var request = Request(.legacy)
        request.token = user
        request.body = JSONValue.object(["jsonrpc": "2.0", "id": id ?? .null, "result": result]).text
        let pipe = try await Pipe(parts)
        try await pipe.send(request)
        #expect(pipe.response()?.status == 202)
    }

    @Test func `a legacy client is asked on the stream of its call`() async throws {
        let parts = world.parts()
        let (pipe, call) = try await formClient(parts)
        try await pipe.send(call)
        let asked = try question(in: pipe)
        #expect(asked["method"] == "elicitation/create")
        #expect(asked["params"]?["mode"] == "form")
        let yes: JSONValue = ["action": "accept", "content": ["confirm": true]]
        // Neither another's answer counts, nor one to another question.
        try await answer(asked["id"], yes, as: "eve", parts)
        try await answer("guess", yes, parts)
        try await pipe.settle()
        #expect(pipe.response() == nil)
        #expect(world.backend.count.begun == 0)
        try await answer(asked["id"], yes, parts)
        try await pipe.settle()
        let events = try #require(pipe.response()).events
        #expect(events.last?["result"]?["structuredContent"] == ["id": "d-1"])
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a question that nobody answers is given up, and the call waits on`() async throws {
        let (pipe, call) = try await formClient(world.parts())
        try await pipe.send(call)
        try await pipe.advance(.seconds(51))
        let events = try #require(pipe.response()).events
        #expect(events.last?["result"]?["_meta"]?["dev.sallyport/code"] == "pending")
        #expect(try await world.gate.waiting().count == 1)
    }

    @Test func `a client that takes no events is not asked`() async throws {
        var (pipe, call) = try await formClient(world.parts())
        call.headers.removeAll { $0.0 == "Accept" }
        call.headers.append(("Accept", "application/json"))
        try await pipe.send(call)
        #expect(pipe.response()?.json?["result"]?["_meta"]?["dev.sallyport/code"] == "pending")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
