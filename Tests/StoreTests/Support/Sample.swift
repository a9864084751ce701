import Core
import Engine
import JSON
import Policy
import Synchronization

/// Makes calls and their events; every id and digest is another one.
final class Sample: Sendable {
    private let count = Mutex(0)
    /// The moment of everything that is not told another one.
    static let start = Timestamp(seconds: 1_700_000_000)

    static let alice = Principal(
        user: "alice@example.test", agent: "desk", tenant: "acme", roles: ["support"], issuer: "https://id.test",
        scopes: ["mcp"], expires: Timestamp(seconds: 1_700_003_600))

    func id() -> CallID {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return CallID(at: Self.start.advanced(bySeconds: number), random: (UInt64(number), 7))
    }

    static func digest(_ name: String) -> Digest {
        Digest(of: Array(name.utf8))
    }

    static func opening(
        _ principal: Principal = alice, tool: String = "orders_get", digest: Digest = digest("a"), key: String? = nil
    ) -> Opening {
        Opening(
            principal: principal,
            reference: ToolReference(name: tool, source: "shop", bucket: "read", definition: Self.digest("definition")),
            arguments: ["order": "ord_1", "amount": 12], digest: digest, idempotencyKey: key, snapshot: "s1")
    }

    static func decision(_ effect: Effect) -> Decision {
        Decision(
            effect: effect, isCertain: true, because: ["rule"],
            demands: effect == .ask ? [ApprovalDemand(roles: ["lead"], expiresAfter: 600, repeatWindow: 600)] : [],
            policyVersion: "p1")
    }

    /// A new call with events up to `admitted`, as an allowed call is first recorded.
    func admitted(
        _ opening: Opening = opening(), at time: Timestamp = start, durability: Durability = .now
    ) throws -> Addition {
        let id = id()
        return try Addition(
            new: id,
            [.opened(opening), .decided(Self.decision(.allow)), .admitted], at: time, durability)
    }

    /// A new call that waits for a human.
    func proposed(_ opening: Opening = opening(), at time: Timestamp = start) throws -> Addition {
        try Addition(
            new: id(),
            [
                .opened(opening), .decided(Self.decision(.ask)),
                .proposed(expires: time.advanced(bySeconds: 600)),
            ], at: time, .now)
    }

    func denied(_ opening: Opening = opening(), durability: Durability = .now) throws -> Addition {
        try Addition(
            new: id(), [.opened(opening), .decided(Self.decision(.deny))], at: Self.start, durability)
    }
}

extension Addition {
    convenience init(new id: CallID, _ kinds: [CallEvent.Kind], at time: Timestamp, _ durability: Durability) throws {
        let events = kinds.map { CallEvent($0, at: time) }
        self.init(call: try Call(id: id, events: events), events: events, durability: durability)
    }

    /// What follows on a call.
    convenience init(
        to call: Call, _ kinds: CallEvent.Kind..., at time: Timestamp = Sample.start, durability: Durability = .now
    ) throws {
        var call = call
        let events = kinds.map { CallEvent($0, at: time) }
        for event in events { try call.apply(event) }
        self.init(call: call, events: events, durability: durability)
    }

    /// The outcome of a call.
    convenience init(settling call: Call, durability: Durability = .now) throws {
        try self.init(to: call, .settled(Outcome(kind: .result, status: 200)), durability: durability)
    }

    func with(_ durability: Durability) -> Addition {
        Addition(call: call, events: events, durability: durability)
    }
}

extension Verdict {
    static let lead = Verdict(by: "lena@example.test", roles: ["lead"], channel: "dashboard")
}
