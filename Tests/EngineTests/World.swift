import Core
import Engine
import JSON
import Policy
import Risk
import Store
import Synchronization
import Telemetry

/// A gate with two tools, a clock that is turned by hand and a backend that counts what leaves.
struct World {
    let journal: any Journal
    let backend = RecordingBackend()
    let clock = Clock()
    let gate: Gate
    var policy: Policy
    /// Who may approve, with their roles.
    var approvers: [String: Set<String>] = ["ben": ["manager"], "eve": ["manager"]]

    var rates: [Rate] = []
    var budgets: [Budget] = []
    var breakers: [String: Breaker.Limits] = [:]

    init(
        journal: any Journal = MemoryJournal(), firstID: UInt64 = 0, maxWaiting: Int? = nil,
        isActive: @escaping @Sendable (String) async throws -> Bool = { _ in true },
        isCurrent: @escaping @Sendable (Principal) async throws -> Bool = { _ in true },
        actor: @escaping @Sendable (Principal) async throws -> Principal? = { $0 },
        onApproval: @escaping @Sendable (CallID, Principal?) -> Void = { _, _ in },
        pause: @escaping @Sendable (Int) async throws -> Void = { _ in },
        trace: @escaping @Sendable (TraceParent?) -> Trace? = { $0.map { Trace(passing: $0, span: 9) } },
        onReply: (@Sendable (Course) -> Void)? = nil
    ) {
        self.journal = journal
        let clock = clock
        let counter = Mutex(firstID)
        let newCallID: @Sendable (Timestamp) -> CallID = { time in
            CallID(
                at: time,
                random: (
                    counter.withLock {
                        $0 += 1; return $0
                    }, 0
                ))
        }
        gate = Gate(
            journal: journal, vault: OpenVault(), now: { clock.now }, maxWaiting: maxWaiting ?? 50, isActive: isActive,
            isCurrent: isCurrent, actor: actor, onApproval: onApproval, pause: pause, trace: trace, onReply: onReply,
            newCallID: newCallID)
        policy = Policy(
            rules: [
                Rule(id: "reads", effect: .allow, tools: ToolMatch(buckets: [.read])),
                Rule(
                    id: "small", effect: .allow, tools: ToolMatch(names: ["refund"]),
                    condition: .argument(JSONPointer(["amount"]), .atMost(JSONNumber(50)))),
                Rule(
                    id: "large", effect: .ask, tools: ToolMatch(names: ["refund"]),
                    condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(50))),
                    approval: ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60)),
                Rule(
                    id: "no-interns", effect: .deny, principals: PrincipalMatch(roles: ["intern"]),
                    tools: ToolMatch(names: ["refund"])),
            ], version: "p1")
    }

    var snapshot: Snapshot {
        get throws {
            Snapshot(
                version: "s1", policy: policy, catalogue: Catalogue(try Self.tools), backends: ["acme": backend],
                approvers: approvers, rates: rates, budgets: budgets,
                breakers: breakers)
        }
    }

    static var tools: [Tool] {
        get throws {
            [
                try tool("get_deal", .read, ["id": ["type": "string"]], bindings: ["tenant_id": .tenant]),
                try tool("refund", .write, ["amount": ["type": "number"], "note": ["type": "string"]]),
                try tool("purge", .never, [:]),
                try tool("orphan", .read, [:], scope: Scope(.undeclared)),
            ]
        }
    }

    static func tool(
        _ name: String, _ bucket: Bucket, _ properties: JSONValue, scope: Scope = Scope(.userCredential),
        bindings: [String: Principal.Attribute] = [:]
    ) throws -> Tool {
        let schema: JSONValue = ["type": "object", "properties": properties, "additionalProperties": false]
        var scope = scope
        scope.bindings = bindings
        return Tool(
            name: name, description: name, source: "acme", inputSchema: schema, arguments: DeferredSchema(schema),
            answer: DeclaredAnswer(schema: ["type": "object", "properties": ["id": ["type": "string"]]]),
            risk: Risk(
                level: bucket == .read ? .readOnly : .sideEffect, effect: .dataChange, confidence: .high),
            bucket: bucket, scope: scope, definition: Digest(of: Array(name.utf8)))
    }

    static func principal(_ user: String = "ana", roles: Set<String> = ["sales"], tenant: String? = "north")
        -> Principal
    {
        Principal(
            user: user, agent: "agent", tenant: tenant, roles: roles, issuer: "test",
            expires: Timestamp(seconds: 9_999_999_999))
    }

    func call(
        _ name: String, _ arguments: JSONObject, as principal: Principal = World.principal(), key: String? = nil,
        repeats: CallID? = nil
    ) async throws -> Reply {
        await gate.serve(
            ToolRequest(name: name, arguments: arguments, idempotencyKey: key, repeats: repeats), as: principal,
            in: try snapshot)
    }

    @discardableResult
    func approve(_ id: CallID, by person: String = "ben", roles: Set<String> = ["manager"]) async throws -> Call {
        try await decide(id, by: Approver(person, roles: roles))
    }

    @discardableResult
    func decide(
        _ id: CallID, _ answer: ApproverAnswer = ApproverAnswer(isApproved: true, channel: "test"), by person: Approver
    )
        async throws -> Call
    {
        try await gate.decideProposal(id, answer, by: person)
    }
}

/// A clock that only moves when it is told to.
final class Clock: Sendable {
    private let moment = Mutex(Timestamp(seconds: 1_800_000_000))

    var now: Timestamp {
        moment.withLock { $0 }
    }

    func advance(bySeconds seconds: Int) {
        moment.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// Counts what leaves and answers what it is told to.
final class RecordingBackend: Backend {
    private let sent = Mutex<[(call: CallID, arguments: JSONObject, trace: String?)]>([])
    private let answer = Mutex<RawAnswer>(
        .answered(status: 200, mediaType: "application/json", body: Array(#"{"id":"x","secret_margin":7}"#.utf8)))
    private let refusal = Mutex<Refusal?>(nil)
    private let onSend = Mutex<(@Sendable () async -> Void)?>(nil)

    var count: Int { sent.withLock { $0.count } }
    var last: JSONObject? { sent.withLock { $0.last?.arguments } }
    var calls: [CallID] { sent.withLock { $0.map(\.call) } }
    /// The `traceparent` of each request.
    var traces: [String?] { sent.withLock { $0.map(\.trace) } }

    func answers(_ raw: RawAnswer) { answer.withLock { $0 = raw } }
    func refuses(_ new: Refusal?) { refusal.withLock { $0 = new } }
    func beforeSending(_ action: @escaping @Sendable () async -> Void) { onSend.withLock { $0 = action } }

    func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        return Departure { [self] permit in
            if let action = onSend.withLock({ $0 }) { await action() }
            let call = permit.call, trace = permit.trace
            sent.withLock { $0.append((call, arguments.arguments, trace)) }
            return answer.withLock { $0 }
        }
    }
}

/// Seals by writing the purpose in front: enough to see that purposes are kept apart.
struct OpenVault: Vault {
    struct NoSecret: SealedSecret {
        func reveal() throws -> Secret { Secret([]) }
    }

    func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)? { NoSecret() }

    func digest(of bytes: [UInt8]) -> Digest { Digest(of: bytes) }

    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8] { Array((purpose + "|").utf8) + bytes }

    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8] {
        let mark = Array((purpose + "|").utf8)
        guard sealed.starts(with: mark) else { throw VaultFault(.cannotOpen, "another purpose") }
        return Array(sealed.dropFirst(mark.count))
    }
}

extension Reply {
    var refusal: Refusal? {
        if case .refused(let refusal, _) = self { refusal } else { nil }
    }

    var pending: Call? {
        if case .pending(let call) = self { call } else { nil }
    }

    var answer: String? {
        if case .answer(let answer, _) = self { String(decoding: answer.text, as: UTF8.self) } else { nil }
    }

    var earlier: Call? {
        if case .earlier(_, let call) = self { call } else { nil }
    }
}
