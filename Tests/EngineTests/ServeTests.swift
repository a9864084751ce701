import Core
import Engine
import JSON
import Policy
import Testing

@Suite struct ServeTests {
    @Test func `an allowed call leaves once, is recorded, and shows declared fields only`() async throws {
        let world = World()
        let reply = try await world.call("get_deal", ["id": "d1"])
        #expect(reply.answer == #"{"id":"x"}"#)
        #expect(world.backend.count == 1)
        let call = try #require(try await world.journal.call(world.backend.calls[0]))
        #expect(call.phase == .settled)
        #expect(call.outcome?.kind == .result)
        #expect(call.decision?.because == ["reads"])
    }

    @Test func `identity is put in and cannot be supplied`() async throws {
        let world = World()
        _ = try await world.call("get_deal", ["id": "d1"])
        #expect(world.backend.last?["tenant_id"] == "north")
        let reply = try await world.call("get_deal", ["id": "d1", "tenant_id": "south"])
        #expect(reply.refusal?.code == .identityArgument)
        #expect(world.backend.count == 1)
    }

    @Test func `a token without the identity that a tool needs is refused`() async throws {
        let world = World()
        let reply = try await world.call("get_deal", ["id": "d1"], as: World.principal(tenant: nil))
        #expect(reply.refusal?.code == .missingIdentity)
        #expect(world.backend.count == 0)
    }

    @Test func `hidden, never, unscoped and unknown tools answer alike`() async throws {
        let world = World()
        let intern = World.principal(roles: ["intern"])
        for name in ["refund", "purge", "orphan", "nothing"] {
            let refusal = try await world.call(name, [:], as: intern).refusal
            #expect(refusal == Refusal(.unknownTool, "There is no tool '\(name)'."))
        }
        #expect(world.backend.count == 0)
    }

    @Test func `arguments that do not match are refused with a sentence`() async throws {
        let world = World()
        let refusal = try await world.call("refund", ["amount": "many"]).refusal
        #expect(refusal?.code == .invalidArguments)
        #expect(refusal?.message.contains("amount") == true)
        #expect(try await world.call("refund", ["amount": 3, "extra": 1]).refusal?.code == .invalidArguments)
        #expect(world.backend.count == 0)
    }

    @Test func `a call that no rule allows is denied and recorded`() async throws {
        var world = World()
        world.policy.rules = [
            Rule(
                id: "only-small", effect: .allow, condition: .argument(JSONPointer(["amount"]), .atMost(JSONNumber(1))))
        ]
        let reply = try await world.call("refund", ["amount": 5])
        #expect(reply.refusal?.code == .denied)
        #expect(world.backend.count == 0)
        let entries = try await world.journal.search(EntryFilter(tool: "refund"))
        #expect(entries.count == 1)
    }

    @Test func `a missing credential refuses before a human is asked`() async throws {
        let world = World()
        world.backend.refuses(Refusal(.missingCredential, "none"))
        #expect(try await world.call("refund", ["amount": 500]).refusal?.code == .missingCredential)
        #expect(try await world.gate.waiting().isEmpty)
    }

    @Test func `an idempotency key gives the known outcome`() async throws {
        let world = World()
        #expect(try await world.call("refund", ["amount": 5], key: "k").answer != nil)
        #expect(try await world.call("refund", ["amount": 5], key: "k").earlier?.outcome?.kind == .result)
        #expect(try await world.call("refund", ["amount": 6], key: "k").refusal?.code == .invalidArguments)
        #expect(try await world.call("refund", ["amount": 5]).answer != nil)
        #expect(world.backend.count == 2)
    }

    @Test(arguments: [
        (RawAnswer.failed(didSend: true, cause: "reset"), Refusal.Code.outcomeUnknown, Outcome.Kind.unknown),
        (.failed(didSend: false, cause: "refused"), .sourceUnavailable, .failure),
        (.answered(status: 422, mediaType: nil, body: []), .sourceRefused, .refusal),
        (.answered(status: 500, mediaType: nil, body: []), .outcomeUnknown, .unknown),
        (.answered(status: 303, mediaType: nil, body: []), .outcomeUnknown, .unknown),
        (.answered(status: 501, mediaType: nil, body: []), .sourceUnavailable, .failure),
        (.answered(status: 502, mediaType: nil, body: []), .outcomeUnknown, .unknown),
        (.answered(status: 200, mediaType: "text/html", body: [60]), .answerWithheld, .result),
        (.withheld(status: 200, cause: "leak"), .answerWithheld, .result),
    ])
    func `what a source does becomes an outcome and one sentence`(
        raw: RawAnswer, code: Refusal.Code, kind: Outcome.Kind
    ) async throws {
        let world = World()
        world.backend.answers(raw)
        #expect(try await world.call("refund", ["amount": 5]).refusal?.code == code)
        let call = try #require(try await world.journal.call(world.backend.calls[0]))
        #expect(call.outcome?.kind == kind)
    }

    @Test func `a call that was cancelled before it was admitted does not leave`() async throws {
        let world = World()
        let snapshot = try world.snapshot
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await world.gate.serve(
                ToolRequest(name: "refund", arguments: ["amount": 5]), as: World.principal(), in: snapshot)
        }
        #expect(await task.value.refusal?.code == .cancelled)
        #expect(world.backend.count == 0)
    }

    @Test func `secrets do not enter the journal`() async throws {
        let world = World()
        _ = try await world.call("refund", ["amount": 500, "note": "n"])
        let waiting = try await world.gate.waiting()
        #expect(waiting.first?.opening.arguments["note"] == "n")
        #expect(
            Redaction().redact(["password": "p", "deep": ["api_key": "k"]]) == [
                "password": redacted, "deep": ["api_key": redacted],
            ])
    }
}
