import Core
import JSON
import Policy
import Risk
import Store
import Synchronization
import Testing

@testable import Engine

/// The record that a call would change: read for whoever decides, and again before the call runs.
@Suite struct LookTests {
    /// A source with one record.
    private final class OneRecord: Backend {
        let record = Mutex<JSONObject>(["id": "d1", "stage": "won", "views": 1])
        let sent = Mutex<[String]>([])

        func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
            let name = arguments.tool.tool.name
            let given = arguments.arguments
            return Departure { [self] _ in
                sent.withLock { $0.append(name) }
                let body = record.withLock { record -> JSONObject in
                    if name == "update_deal" { record["stage"] = given["stage"] }
                    record["views"] = JSONValue((record["views"]?.int ?? 0) + 1)
                    return record
                }
                return .answered(status: 200, mediaType: "application/json", body: JSONValue.object(body).bytes)
            }
        }
    }

    private struct Scene {
        var world = World()
        let source = OneRecord()
        var canRead = true
        var asks = true
        var categories: Set<Risk.Category> = []

        var snapshot: Snapshot {
            get throws {
                let read = try tool("get_deal", .read, ["id": ["type": "string"]], Wording())
                let write = try tool(
                    "update_deal", .write, ["id": ["type": "string"], "stage": ["type": "string"]],
                    Wording(
                        verb: .change, noun: "deal", identity: ["id"],
                        reading: Wording.Reading(tool: "get_deal", arguments: ["id": "id"])))
                let policy = Policy(
                    rules: [
                        Rule(id: "reads", effect: canRead ? .allow : .deny, tools: ToolMatch(buckets: [.read])),
                        Rule(
                            id: "writes", effect: asks ? .ask : .allow, tools: ToolMatch(buckets: [.write]),
                            approval: ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60)),
                    ], version: "p1")
                return Snapshot(
                    version: "s1", policy: policy, catalogue: Catalogue([read, write]), backends: ["acme": source],
                    approvers: world.approvers)
            }
        }

        private func tool(_ name: String, _ bucket: Bucket, _ properties: JSONValue, _ wording: Wording) throws -> Tool
        {
            let schema: JSONValue = ["type": "object", "properties": properties, "additionalProperties": false]
            return Tool(
                name: name, description: name, source: "acme", inputSchema: schema, arguments: DeferredSchema(schema),
                answer: DeclaredAnswer(schema: ["type": "object", "additionalProperties": true]),
                risk: Risk(
                    level: bucket == .read ? .readOnly : .sideEffect, categories: categories, effect: .dataChange,
                    confidence: .high),
                bucket: bucket, scope: Scope(.userCredential), definition: Digest(of: Array(name.utf8)),
                wording: wording)
        }

        func update(_ stage: String) async throws -> Reply {
            await world.gate.serve(
                ToolRequest(name: "update_deal", arguments: ["id": "d1", "stage": .string(stage)]),
                as: World.principal(), in: try snapshot)
        }
    }

    @Test func `whoever decides is told the old and the new value, and the reading is a call of its own`() async throws
    {
        let scene = Scene()
        let call = try #require(try await scene.update("lost").pending)
        #expect(call.change?.title == "Change stage of deal “d1” from “won” to “lost”")
        #expect(scene.source.sent.withLock { $0 } == ["get_deal"])
        let calls = try await scene.world.journal.search(EntryFilter(tool: "get_deal", limit: 9))
        let opened = try #require(calls.flatMap(\.body).first { $0["event"] == "opened" })
        #expect(opened["part_of"] == .string(call.id.text) && opened["user"] == "ana")
        #expect(try await scene.world.journal.call(call.id)?.change == call.change)
    }

    @Test func `a financial call that nobody is asked about is recorded with what the record held before`() async throws
    {
        var scene = Scene()
        scene.asks = false
        scene.categories = [.financial]
        guard case .answer(_, let id) = try await scene.update("lost") else {
            Issue.record("an allowed call was not made")
            return
        }
        #expect(scene.source.sent.withLock { $0 } == ["get_deal", "update_deal"])
        let call = try #require(try await scene.world.journal.call(id))
        #expect(call.opening.stakes?.fields == [Change.Field("stage", old: "“won”", new: "“lost”")])
        let read = try await scene.world.journal.search(EntryFilter(tool: "get_deal", limit: 9)).flatMap(\.body)
        #expect(read.contains { $0["part_of"] == .string(id.text) })
        // Where the record cannot be read, what policy allows is made all the same.
        scene.canRead = false
        guard case .answer(_, let blind) = try await scene.update("open") else {
            Issue.record("an allowed call was not made")
            return
        }
        let fields = try await scene.world.journal.call(blind)?.opening.stakes?.fields
        #expect(fields?.map(\.name) == ["stage"] && fields?.first?.old == nil)
        // Calls of other kinds cost no reading.
        scene.canRead = true
        scene.categories = []
        _ = try await scene.update("won")
        #expect(scene.source.sent.withLock { $0 } == ["get_deal", "update_deal", "update_deal", "update_deal"])
    }

    @Test func `an approved call runs while what it changes is what was shown`() async throws {
        let scene = Scene()
        let call = try #require(try await scene.update("lost").pending)
        try await scene.world.approve(call.id)
        #expect(try await scene.update("lost").answer != nil)
        #expect(scene.source.sent.withLock { $0 } == ["get_deal", "get_deal", "update_deal"])
        let calls = try await scene.world.journal.search(EntryFilter(tool: "get_deal", limit: 9))
        let parents = calls.flatMap(\.body).compactMap { $0["part_of"]?.string }
        #expect(parents == [call.id.text, call.id.text], "both looks are for its sake")
    }

    @Test func `a record that changed makes the approval void, and says so`() async throws {
        let scene = Scene()
        let call = try #require(try await scene.update("lost").pending)
        try await scene.world.approve(call.id)
        scene.source.record.withLock { $0["stage"] = "paused" }
        let refusal = try #require(try await scene.update("lost").refusal)
        #expect(refusal.code == .recordChanged)
        #expect(try await scene.world.journal.call(call.id)?.phase == .expired)
        #expect(!scene.source.sent.withLock { $0.contains("update_deal") })
        // Repeated, it is asked anew, with what the record holds now.
        let next = try #require(try await scene.update("lost").pending)
        #expect(next.id != call.id)
        #expect(next.change?.fields == [Change.Field("stage", old: "“paused”", new: "“lost”")])
    }

    @Test func `who may not read the record is told nothing of it, and is asked all the same`() async throws {
        var scene = Scene()
        scene.canRead = false
        let call = try #require(try await scene.update("lost").pending)
        #expect(call.change?.fields == [Change.Field("stage", old: nil, new: "“lost”")])
        #expect(call.change?.warnings == ["What the record holds now could not be read."])
        #expect(scene.source.sent.withLock { $0 } == [])
        try await scene.world.approve(call.id)
        #expect(try await scene.update("lost").answer != nil)
    }

    @Test func `while the record cannot be read again nothing runs, and the approval holds`() async throws {
        var scene = Scene()
        let call = try #require(try await scene.update("lost").pending)
        try await scene.world.approve(call.id)
        scene.canRead = false
        #expect(try await scene.update("lost").refusal?.code == .sourceUnavailable)
        #expect(!scene.source.sent.withLock { $0.contains("update_deal") })
        scene.canRead = true
        #expect(try await scene.update("lost").answer != nil)
    }
}
