import Core
import JSON
import Policy
import Testing

@Suite struct CallTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let id = CallID(at: now, random: (7, 1))

    static func opening(_ arguments: JSONObject = ["amount": 1]) -> Opening {
        Opening(
            principal: Principal(
                user: "ana", agent: "a", tenant: "t", roles: ["r", "s"], issuer: "i", scopes: ["x"], expires: now),
            reference: ToolReference(name: "refund", source: "acme", bucket: "write", definition: Digest(of: [1])),
            arguments: arguments,
            digest: Digest(of: [2]), idempotencyKey: "k", trace: "00-1", snapshot: "s")
    }

    static func decision(_ effect: Effect) -> Decision {
        Decision(
            effect: effect, isCertain: true, because: ["rule"],
            demands: effect == .ask ? [ApprovalDemand(roles: ["manager"], expiresAfter: 60, repeatWindow: 30)] : [],
            policyVersion: "p")
    }

    static let verdict = Verdict(by: "ben", roles: ["manager"], reason: "fine", channel: "test")

    static let events: [CallEvent.Kind] = [
        .opened(opening()), .decided(decision(.allow)), .decided(decision(.ask)), .decided(decision(.deny)),
        .proposed(expires: now.advanced(bySeconds: 60)), .approved(verdict), .rejected(verdict), .expired,
        .withdrawn(by: "ana"), .admitted,
        .settled(Outcome(kind: .result, status: 200, code: .denied, cause: "c", latency: 5, bytes: 9)),
        .settled(Outcome(kind: .unknown)), .reconciled(Outcome(kind: .result, status: 201), by: "ben"),
    ]

    /// Every phase with the events that lead to it and the names of those that may follow.
    static let ways: [(way: [CallEvent.Kind], legal: Set<String>)] = [
        ([events[0]], ["decided"]),
        ([events[0], events[1]], ["admitted"]),
        ([events[0], events[2]], ["proposed"]),
        ([events[0], events[3]], []),
        ([events[0], events[2], events[4]], ["approved", "rejected", "expired", "withdrawn"]),
        ([events[0], events[2], events[4], events[5]], ["admitted", "expired", "withdrawn"]),
        ([events[0], events[2], events[4], events[6]], []),
        ([events[0], events[2], events[4], events[7]], []),
        ([events[0], events[2], events[4], events[8]], []),
        ([events[0], events[1], events[9]], ["settled"]),
        ([events[0], events[1], events[9], events[10]], []),
        ([events[0], events[1], events[9], events[11]], ["reconciled"]),
        ([events[0], events[1], events[9], events[11], events[12]], []),
    ]

    @Test func `only legal transitions are taken, and others change nothing`() throws {
        for (way, legal) in Self.ways {
            let call = try Call(id: Self.id, events: way.map { CallEvent($0, at: Self.now) })
            for kind in Self.events {
                let event = CallEvent(kind, at: Self.now)
                var next = call
                let name = event.json["event"]?.string ?? ""
                if legal.contains(name) {
                    try next.apply(event)
                    #expect(next.version == call.version + 1)
                } else {
                    #expect(throws: Call.IllegalTransition.self) { try next.apply(event) }
                    #expect(next == call)
                }
            }
        }
    }

    @Test func `every event comes back from its stored form`() throws {
        for kind in Self.events {
            let event = CallEvent(kind, at: Self.now)
            let text = event.json.text
            #expect(CallEvent(json: try JSONParser.parse(text)) == event, "\(text)")
        }
    }

    @Test func `what is no event is not read as one`() throws {
        for text in ["{}", #"{"at":1,"event":"won"}"#, #"{"at":1,"event":"opened"}"#, "[]", #"{"event":"expired"}"#] {
            #expect(CallEvent(json: try JSONParser.parse(text)) == nil)
        }
    }

    @Test func `two demands take two roles`() throws {
        var decision = Self.decision(.ask)
        decision.demands.append(ApprovalDemand(roles: ["legal"]))
        var call = try Call(
            id: Self.id,
            events: [.opened(Self.opening()), .decided(decision), .proposed(expires: Self.now)].map {
                CallEvent($0, at: Self.now)
            })
        try call.apply(CallEvent(.approved(Self.verdict), at: Self.now))
        #expect(call.phase == .proposed)
        #expect(throws: Call.IllegalTransition.self) {
            try call.apply(CallEvent(.approved(Self.verdict), at: Self.now))
        }
        try call.apply(CallEvent(.approved(Verdict(by: "lea", roles: ["legal"], channel: "test")), at: Self.now))
        #expect(call.phase == .approved)
    }
}
