import Core
import JSON
import Policy
import Risk
import Store
import Synchronization
import Telemetry
import Testing

@testable import Engine

/// Facts that rules demand when a call runs.
@Suite struct RequireTests {
    /// Answers questions about backups and counts what it does.
    private final class Source: Backend {
        let backup = Mutex<JSONObject>(["finished_at": "2027-01-15T00:00:00Z", "state": "done"])
        let sent = Mutex<[String]>([])
        let isDown = Mutex(false)

        func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
            let name = arguments.tool.tool.name
            return Departure { [self] _ in
                sent.withLock { $0.append(name) }
                if isDown.withLock({ $0 }), name == "get_backup" { return .failed(didSend: false, cause: "down") }
                return .answered(
                    status: 200, mediaType: "application/json",
                    body: JSONValue.object(backup.withLock { $0 }).bytes)
            }
        }
    }

    /// What became of calls, as figures take it.
    private final class Told: Sendable {
        let courses = Mutex<[Course]>([])
    }

    private let told: Told
    private let world: World
    private let source = Source()

    init() {
        let told = Told()
        self.told = told
        world = World(onReply: { course in told.courses.withLock { $0.append(course) } })
    }

    private func tool(_ name: String, _ bucket: Bucket) -> Tool {
        let schema: JSONValue = [
            "type": "object", "properties": ["name": ["type": "string"]], "additionalProperties": false,
        ]
        return Tool(
            name: name, description: name, source: "acme", inputSchema: schema, arguments: DeferredSchema(schema),
            answer: DeclaredAnswer(schema: ["type": "object", "additionalProperties": true]),
            risk: Risk(level: bucket == .read ? .readOnly : .critical, effect: .dataChange, confidence: .high),
            bucket: bucket, scope: Scope(.userCredential), definition: Digest(of: Array(name.utf8)))
    }

    private func drop(
        _ effect: Effect, reads: Effect = .allow, _ requirements: Requirement..., name: String = "main"
    ) async -> Reply {
        let policy = Policy(
            rules: [
                Rule(id: "reads", effect: reads, tools: ToolMatch(buckets: [.read])),
                Rule(
                    id: "drops", effect: effect, tools: ToolMatch(buckets: [.write]),
                    approval: ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60),
                    requirements: requirements),
            ], version: "p1")
        return await world.gate.serve(
            ToolRequest(name: "drop_table", arguments: ["name": .string(name)]), as: World.principal(),
            in: Snapshot(
                version: "s1", policy: policy,
                catalogue: Catalogue([tool("get_backup", .read), tool("drop_table", .write)]),
                backends: ["acme": source], approvers: world.approvers, facts: [Self.status: facts]))
    }

    private static let status = Requirement.Address(url: "https://status.example/window")

    /// Answers at an address.
    private final class Facts: FactSource {
        let answer = Mutex<JSONValue?>(["open": true])
        let asked = Mutex<[JSONObject]>([])

        func ask(_ question: JSONObject) async -> JSONValue? {
            asked.withLock { $0.append(question) }
            return answer.withLock { $0 }
        }
    }

    private let facts = Facts()

    @Test func `a fact may be asked at an address`() async throws {
        let open = Requirement(
            id: "window", .address(Self.status), arguments: ["table": .argument(JSONPointer(["name"]))],
            field: JSONPointer(["open"]), test: .comparison(.equals(true)))
        #expect(await drop(.allow, open).answer != nil)
        #expect(facts.asked.withLock { $0 } == [["table": "main"]])
        for answer: JSONValue? in [["open": false], [:], ["open": "true"], nil] {
            facts.answer.withLock { $0 = answer }
            #expect(await drop(.allow, open).refusal?.code == .preconditionFailed)
        }
        var elsewhere = open
        elsewhere.place = .address(Requirement.Address(url: "https://other.example/"))
        #expect(await drop(.allow, elsewhere).refusal?.code == .preconditionFailed, "nobody is asked there")
        #expect(source.sent.withLock { $0 } == ["drop_table"])
        let acts = try await world.journal.search(EntryFilter(acts: ["fact-asked"]))
        #expect(acts.count == 6)
        #expect(acts.allSatisfy { $0.body.first?["call"] != nil })
    }

    private let fresh = Requirement(
        id: "backup", tool: "get_backup", arguments: ["name": .argument(JSONPointer(["name"]))],
        field: JSONPointer(["finished_at"]), test: .youngerThan(86_400))
    private let done = Requirement(
        id: "state", tool: "get_backup", arguments: ["name": .constant("main")], field: JSONPointer(["state"]),
        test: .comparison(.equals("done")))

    private func finish(secondsAgo seconds: Int) {
        let moment = world.clock.now.advanced(bySeconds: -seconds).description
        source.backup.withLock { $0["finished_at"] = .string(moment) }
    }

    @Test func `what the gateway asks for the sake of a call is no call in the figures`() async throws {
        finish(secondsAgo: 100)
        #expect(await drop(.allow, fresh, done).answer != nil)
        #expect(source.sent.withLock { $0 } == ["get_backup", "get_backup", "drop_table"])
        #expect(told.courses.withLock { $0.map { $0.target?.tool } } == ["drop_table"])
    }

    @Test func `a call runs where the fact is there, and not where it is not`() async throws {
        finish(secondsAgo: 3600)
        #expect(await drop(.allow, fresh, done).answer != nil)
        #expect(source.sent.withLock { $0 } == ["get_backup", "get_backup", "drop_table"])
        finish(secondsAgo: 86_401)
        let refusal = await drop(.allow, fresh).refusal
        #expect(refusal?.code == .preconditionFailed)
        #expect(refusal?.message.contains("'backup'") == true)
        finish(secondsAgo: -60)
        #expect(await drop(.allow, fresh).refusal?.code == .preconditionFailed, "a moment that is yet to come")
        source.backup.withLock { $0["state"] = "failed" }
        #expect(await drop(.allow, done).refusal?.code == .preconditionFailed)
        #expect(source.sent.withLock { $0.count { $0 == "drop_table" } } == 1)
    }

    @Test func `no answer means no`() async throws {
        finish(secondsAgo: 1)
        source.isDown.withLock { $0 = true }
        #expect(await drop(.allow, fresh).refusal?.code == .preconditionFailed)
        source.isDown.withLock { $0 = false }
        #expect(await drop(.allow, reads: .deny, fresh).refusal?.code == .preconditionFailed, "who may not ask")
        #expect(
            await drop(.allow, reads: .ask, fresh).refusal?.code == .preconditionFailed,
            "nobody is asked for a question")
        var wrong = fresh
        wrong.place = .tool("drop_table")
        #expect(await drop(.allow, wrong).refusal?.code == .preconditionFailed, "a question changes nothing")
        wrong.place = .tool("nothing")
        #expect(await drop(.allow, wrong).refusal?.code == .preconditionFailed)
        wrong = fresh
        wrong.arguments = ["name": .argument(JSONPointer(["other"]))]
        #expect(await drop(.allow, wrong).refusal?.code == .preconditionFailed)
        wrong = fresh
        wrong.field = JSONPointer(["missing"])
        #expect(await drop(.allow, wrong).refusal?.code == .preconditionFailed)
        #expect(!source.sent.withLock { $0.contains("drop_table") })
    }

    @Test func `an approved call is held against the facts of the moment it runs`() async throws {
        finish(secondsAgo: 10)
        let call = try #require(await drop(.ask, fresh).pending)
        #expect(source.sent.withLock { $0 } == [], "nobody asks before somebody approved")
        try await world.approve(call.id)
        finish(secondsAgo: 90_000)
        #expect(await drop(.ask, fresh).refusal?.code == .preconditionFailed)
        #expect(try await world.journal.call(call.id)?.phase == .approved, "the approval holds")
        finish(secondsAgo: 10)
        #expect(await drop(.ask, fresh).answer != nil)
        let asked = try await world.journal.search(EntryFilter(tool: "get_backup", limit: 9)).flatMap(\.body)
        #expect(asked.contains { $0["part_of"] != nil })
    }
}
