import Core
import JSON
import Policy
import Risk
import Store
import Synchronization
import Testing

@testable import Engine

/// Calls that take others back.
@Suite struct UndoTests {
    /// A source with one record that can be read and changed.
    private final class OneRecord: Backend {
        let record = Mutex<JSONObject>(["id": "d1", "stage": "won"])
        let sent = Mutex<[String]>([])
        let answers = Mutex<RawAnswer?>(nil)
        /// Whether changes are answered with what is no JSON.
        let unreadable = Mutex(false)

        func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
            let name = arguments.tool.tool.name
            let given = arguments.arguments
            return Departure { [self] _ in
                sent.withLock { $0.append(name) }
                if let answer = answers.withLock({ $0 }) { return answer }
                let body = record.withLock { record -> JSONObject in
                    if name == "update_deal" { record["stage"] = given["stage"] }
                    return record
                }
                if name == "update_deal", unreadable.withLock({ $0 }) {
                    return .answered(status: 200, mediaType: "text/plain", body: Array("done".utf8))
                }
                return .answered(status: 200, mediaType: "application/json", body: JSONValue.object(body).bytes)
            }
        }

        var stage: String? { record.withLock { $0["stage"]?.string } }
        func changes() -> Int { sent.withLock { $0.count { $0 == "update_deal" } } }
    }

    private struct Scene {
        let world: World
        let source = OneRecord()
        var effect = Effect.allow
        var undo: Undo? = Undo(.restore, window: 3600)
        var canRead = true
        var definition = "update_deal"
        /// Whether a rule denies the agent that takes calls back.
        var denied = false

        init(actor: @escaping @Sendable (Principal) async throws -> Principal? = { $0 }) {
            world = World(actor: actor)
        }

        var snapshot: Snapshot {
            get throws {
                let read = try tool("get_deal", .read, ["id": ["type": "string"]], Wording(), nil)
                let write = try tool(
                    "update_deal", .write, ["id": ["type": "string"], "stage": ["type": "string"]],
                    Wording(
                        verb: .change, noun: "deal", identity: ["id"],
                        reading: Wording.Reading(tool: "get_deal", arguments: ["id": "id"])), undo)
                let policy = Policy(
                    rules: [
                        Rule(id: "reads", effect: canRead ? .allow : .deny, tools: ToolMatch(buckets: [.read])),
                        Rule(
                            id: "writes", effect: effect, tools: ToolMatch(buckets: [.write]),
                            approval: ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60)),
                    ]
                        + (denied
                            ? [Rule(id: "no", effect: .deny, principals: PrincipalMatch(agents: [Gate.undoAgent]))]
                            : []),
                    version: "p1")
                return Snapshot(
                    version: "s1", policy: policy, catalogue: Catalogue([read, write]), backends: ["acme": source],
                    approvers: world.approvers)
            }
        }

        private func tool(
            _ name: String, _ bucket: Bucket, _ properties: JSONValue, _ wording: Wording, _ undo: Undo?
        ) throws -> Tool {
            let schema: JSONValue = ["type": "object", "properties": properties, "additionalProperties": false]
            return Tool(
                name: name, description: name, source: "acme", inputSchema: schema, arguments: DeferredSchema(schema),
                answer: DeclaredAnswer(schema: ["type": "object", "additionalProperties": true]),
                risk: Risk(
                    level: bucket == .read ? .readOnly : .sideEffect, effect: .dataChange, confidence: .high),
                bucket: bucket, scope: Scope(.userCredential),
                definition: Digest(of: Array((name == "update_deal" ? definition : name).utf8)),
                wording: wording, undo: undo)
        }

        func change(_ stage: String) async throws -> Reply {
            await world.gate.serve(
                ToolRequest(name: "update_deal", arguments: ["id": "d1", "stage": .string(stage)]),
                as: World.principal(), in: try snapshot)
        }

        func undo(_ call: CallID, by person: Approver = Approver("ben", roles: ["manager"])) async throws -> Reply {
            try await world.gate.undo(call, by: person, in: try snapshot)
        }
    }

    private func id(_ reply: Reply) throws -> CallID {
        guard case .answer(_, let call) = reply else { throw reply.refusal ?? Refusal(.denied, "\(reply)") }
        return call
    }

    @Test func `a change is taken back once, by a call of its own`() async throws {
        let scene = Scene()
        let call = try id(try await scene.change("lost"))
        #expect(scene.source.stage == "lost")
        let back = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
        let known = try #require(try await scene.world.journal.call(back))
        #expect(known.opening.partOf == call)
        #expect(known.opening.principal.agent == Gate.undoAgent)
        #expect(known.opening.principal.user == "ana")
        for _ in 0..<3 { #expect(try await scene.undo(call).earlier?.id == back) }
        #expect(scene.source.changes() == 2)
        let acts = try await scene.world.journal.search(EntryFilter(acts: ["undo-asked"]))
        #expect(acts.count == 4)
    }

    @Test func `where policy asks, taking back waits for people as well`() async throws {
        var scene = Scene()
        let call = try id(try await scene.change("lost"))
        scene.effect = .ask
        let pending = try #require(try await scene.undo(call).pending)
        #expect(scene.source.stage == "lost")
        #expect(pending.change?.title == "Change stage of deal “d1” from “lost” to “won”")
        try await scene.world.approve(pending.id)
        _ = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
        #expect(try await scene.undo(call).earlier?.id == pending.id)
        #expect(scene.source.changes() == 2)
    }

    @Test func `policy may deny it`() async throws {
        var scene = Scene()
        let call = try id(try await scene.change("lost"))
        scene.effect = .deny
        await #expect(throws: Refusal.self) { try await scene.undo(call) }
        #expect(scene.source.stage == "lost")
    }

    @Test func `who may not take it back`() async throws {
        let scene = Scene()
        let call = try id(try await scene.change("lost"))
        for person in [Approver("eve", roles: []), Approver("ana", roles: ["manager"])] {
            await #expect(throws: Refusal.self, "\(person.name)") { try await scene.undo(call, by: person) }
        }
        #expect(scene.source.stage == "lost")
        _ = try id(try await scene.undo(call, by: Approver("ana", roles: [], isSure: true)))
        #expect(scene.source.stage == "won")
    }

    @Test func `nothing is taken back that did not happen, is over, or was not declared`() async throws {
        var scene = Scene()
        let call = try id(try await scene.change("lost"))
        scene.world.clock.advance(bySeconds: 3_601)
        await #expect(throws: Refusal.self) { try await scene.undo(call) }
        scene.undo = nil
        let plain = try id(try await scene.change("open"))
        await #expect(throws: Refusal.self) { try await scene.undo(plain) }
        scene.undo = Undo(.restore)
        // The look before it works, and the change does not.
        scene.effect = .ask
        let waiting = try #require(try await scene.change("lost").pending)
        await #expect(throws: Refusal.self) { try await scene.undo(waiting.id) }
        await #expect(throws: Refusal.self) { try await scene.undo(CallID(at: scene.world.clock.now, random: (9, 9))) }
        #expect(scene.source.changes() == 2)
    }

    @Test func `what could not be taken back as declared does not run`() async throws {
        var scene = Scene()
        scene.canRead = false
        #expect(try await scene.change("lost").refusal?.code == .sourceUnavailable)
        #expect(scene.source.changes() == 0)
    }

    @Test func `a user who is none any more is not acted for`() async throws {
        let isUser = Mutex(true)
        let scene = Scene(actor: { principal in isUser.withLock { $0 } ? principal : nil })
        let call = try id(try await scene.change("lost"))
        isUser.withLock { $0 = false }
        await #expect(throws: Refusal.self) { try await scene.undo(call) }
        #expect(scene.source.stage == "lost")
    }

    @Test func `an attempt that failed may be made again`() async throws {
        let scene = Scene()
        let call = try id(try await scene.change("lost"))
        // The look before the compensation has to work.
        scene.source.answers.withLock { $0 = nil }
        var refusing = scene
        refusing.undo = Undo(
            .call(
                CallTemplate(
                    tool: "update_deal",
                    arguments: [
                        .init("id", .argument("id")), .init("stage", .before(JSONPointer(["stage"]))),
                    ])))
        let second = try id(try await refusing.change("open"))
        scene.source.answers.withLock { $0 = .answered(status: 409, mediaType: "application/json", body: []) }
        #expect(try await refusing.undo(second).refusal != nil)
        scene.source.answers.withLock { $0 = nil }
        _ = try id(try await refusing.undo(second))
        #expect(scene.source.stage == "lost")
        _ = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
    }

    @Test func `stopping an agent does not stop what takes back what it did`() async throws {
        let scene = Scene()
        let call = try id(try await scene.change("lost"))
        await scene.world.gate.admissions.stop(
            Stop(.agent("agent"), by: "op", at: scene.world.clock.now, reason: "it went wild"))
        #expect(try await scene.change("open").refusal?.code == .stopped)
        _ = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
    }

    @Test func `what lacks a part that taking it back needs does not run`() async throws {
        let scene = Scene()
        scene.source.record.withLock { $0["stage"] = nil }
        #expect(try await scene.change("lost").refusal?.code == .invalidArguments)
        #expect(scene.source.changes() == 0)
    }

    @Test func `another tool of the same name takes nothing back`() async throws {
        var scene = Scene()
        let call = try id(try await scene.change("lost"))
        scene.definition = "another"
        await #expect(throws: Refusal.self) { try await scene.undo(call) }
        #expect(scene.source.stage == "lost")
    }

    @Test func `attempts that people turned down do not use it up`() async throws {
        var scene = Scene()
        let call = try id(try await scene.change("lost"))
        scene.effect = .ask
        for _ in 0..<25 {
            let pending = try #require(try await scene.undo(call).pending)
            _ = try await scene.world.gate.withdraw(pending.id, by: Approver("ana", roles: [], isSure: true))
        }
        let pending = try #require(try await scene.undo(call).pending)
        try await scene.world.approve(pending.id)
        _ = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
    }

    @Test func `an answer that cannot be shown does not keep a call from being taken back`() async throws {
        let scene = Scene()
        scene.source.unreadable.withLock { $0 = true }
        let reply = try await scene.change("lost")
        scene.source.unreadable.withLock { $0 = false }
        #expect(scene.source.stage == "lost")
        guard case .refused(_, let call?) = reply else {
            Issue.record("\(reply)")
            return
        }
        _ = try id(try await scene.undo(call))
        #expect(scene.source.stage == "won")
    }

    @Test func `what the agent that takes back may not do does not lift anything`() async throws {
        var scene = Scene()
        scene.denied = true
        #expect(try await scene.change("lost").refusal?.code == .invalidArguments)
        #expect(scene.source.changes() == 0)
    }

    @Test func `what the record held has to fit where it goes back`() async throws {
        let scene = Scene()
        scene.source.record.withLock { $0["stage"] = 7 }
        #expect(try await scene.change("lost").refusal?.code == .invalidArguments)
        #expect(scene.source.changes() == 0)
    }
}
