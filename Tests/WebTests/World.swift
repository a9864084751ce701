import Core
import Engine
import JSON
import JSONSchema
import MCP
import NIOCore
import Policy
import Risk
import Store
import Synchronization

@testable import Web

/// A gate with a few tools behind an agent endpoint, with a backend that waits when it is told to.
final class World: Sendable {
    let journal: any Journal = MemoryJournal()
    let backend = GatedBackend()
    let authenticator = TestAuthenticator()
    let gate: Gate
    let snapshot: Snapshot
    private let runs = Runs()

    /// What runs calls without their clients.
    private final class Runs: Sendable {
        let value = Mutex<(@Sendable (CallID, Principal?) -> Void)?>(nil)
    }

    /// Where people decide.
    let approvals: String?

    init(tools: [Tool]? = nil, vault: any Vault = SealingVault(), approvals: String? = nil) {
        self.approvals = approvals
        let counter = Mutex(UInt64(0))
        let runs = runs
        gate = Gate(
            journal: journal, vault: vault, now: { World.noon }, onApproval: { runs.value.withLock { $0 }?($0, $1) },
            pause: { _ in }
        ) { time in
            let number = counter.withLock { count in
                count += 1
                return count
            }
            return CallID(at: time, random: (number, 0))
        }
        snapshot = Snapshot(
            version: "s1",
            policy: Policy(
                rules: [
                    Rule(id: "reads", effect: .allow, tools: ToolMatch(buckets: [.read])),
                    Rule(id: "pay", effect: .allow, tools: ToolMatch(names: ["pay"])),
                    Rule(
                        id: "refund", effect: .ask, tools: ToolMatch(names: ["refund"]),
                        approval: ApprovalDemand(roles: ["manager", "owner"])),
                    Rule(
                        id: "note", effect: .ask, tools: ToolMatch(names: ["note"]), approval: Self.confirmation),
                ], version: "p1"),
            catalogue: Catalogue(
                tools ?? [
                    Self.tool("get_deal", .read), Self.tool("pay", .write), Self.tool("refund", .write),
                    Self.tool("purge", .write), Self.tool("note", .write),
                ]),
            backends: ["acme": backend], approvers: ["ben": ["manager"], "cy": ["owner"]])
        let (gate, snapshot) = (gate, snapshot)
        runs.value.withLock { value in
            value = { call, principal in Task { _ = try await gate.runApproved(call, as: principal, in: snapshot) } }
        }
    }

    private static var confirmation: ApprovalDemand {
        var demand = ApprovalDemand(seats: [], isConfirmation: true)
        demand.acceptsForm = true
        return demand
    }

    static let noon = Timestamp(seconds: 1_800_000_000)

    static func tool(
        _ name: String, _ bucket: Bucket, description: String? = nil, declaresAnswer: Bool = true
    ) -> Tool {
        let schema: JSONValue = [
            "type": "object", "properties": ["id": ["type": "string"]], "additionalProperties": false,
        ]
        return Tool(
            name: name, description: description ?? name, source: "acme", inputSchema: schema,
            arguments: DeferredSchema(schema),
            answer: declaresAnswer
                ? DeclaredAnswer(
                    schema: ["type": "object", "required": ["id"], "properties": ["id": ["type": "string"]]]) : nil,
            risk: Risk(
                level: bucket == .read ? .readOnly : .sideEffect, effect: .dataChange, confidence: .high),
            bucket: bucket, scope: Scope(.userCredential), definition: Digest(of: Array(name.utf8)))
    }

    /// The shared parts of connections, with a page and small bounds.
    func parts(limits: AgentParts.Limits = AgentParts.Limits(), maxBodyBytes: Int = 4096) -> AgentParts {
        let snapshot = snapshot
        return AgentParts(
            face: AgentFace(gate: gate, snapshot: { snapshot }, approvals: approvals),
            ladder: Ladder(
                server: Implementation(name: "sallyport", version: "1.0"), hosts: ["gw.test"],
                limits: Ladder.Limits(maxBodyBytes: maxBodyBytes, maxDepth: 20)),
            authenticator: authenticator,
            pages: [
                "/.well-known/oauth-protected-resource": HTTPReply(
                    status: 200, headers: [HeaderField("Content-Type", "application/json")],
                    body: Array(#"{"resource":"https://gw.test/mcp"}"#.utf8))
            ],
            challenge: { fault in
                HTTPReply(
                    status: 401,
                    headers: [
                        HeaderField(
                            "WWW-Authenticate", fault.map { "Bearer error=\"\($0.code.rawValue)\"" } ?? "Bearer")
                    ])
            },
            now: { World.noon }, limits: limits)
    }
}

/// Knows tokens that are the names of users; those that begin with `slow` wait until they are let through.
final class TestAuthenticator: Authenticator {
    private let waiting = Gateway()
    private let known = Mutex<Set<[UInt8]>>([])
    private let revoked = Mutex<Set<[UInt8]>>([])
    private let asked = Mutex(0)

    func revoke(_ name: String) {
        let token = Array(name.utf8)
        revoked.withLock { _ = $0.insert(token) }
        known.withLock { _ = $0.remove(token) }
    }

    /// How many tokens had to be verified.
    var count: Int { asked.withLock { $0 } }

    func open() { waiting.open() }

    func cached(_ token: PresentedToken, at now: Timestamp) -> Principal? {
        known.withLock { $0.contains(token.bytes) }
            ? Self.principal(String(decoding: token.bytes, as: UTF8.self)) : nil
    }

    func authenticate(bearer token: [UInt8], at now: Timestamp) async throws(AuthenticationFault) -> Principal {
        asked.withLock { $0 += 1 }
        let name = String(decoding: token, as: UTF8.self)
        if name.hasPrefix("slow") { await waiting.wait() }
        guard name != "forged", !revoked.withLock({ $0.contains(token) }) else {
            throw AuthenticationFault(.invalidToken, cause: "signature")
        }
        known.withLock { _ = $0.insert(token) }
        return Self.principal(name)
    }

    static func principal(_ user: String, agent: String = "agent", tenant: String? = "north") -> Principal {
        Principal(
            user: user, agent: agent, tenant: tenant, roles: ["sales"], issuer: "test",
            expires: Timestamp(seconds: 9_999_999_999))
    }
}

/// A source that answers at once, or once it is told to; notices when a call is cancelled meanwhile.
final class GatedBackend: Backend {
    struct Seen: Sendable, Equatable {
        var begun = 0
        var ended = 0
        var cancelled = 0
    }

    private let seen = Mutex(Seen())
    private let isHeld = Mutex(false)
    private let gateway = Gateway()
    private let watchers = Mutex<
        [(isReached: @Sendable (Seen) -> Bool, continuation: CheckedContinuation<Void, Never>)]
    >([])

    func hold() { isHeld.withLock { $0 = true } }
    func release() { gateway.open() }

    var count: Seen { seen.withLock { $0 } }

    /// Returns when so much has happened.
    func reaches(_ condition: @escaping @Sendable (Seen) -> Bool) async {
        await withCheckedContinuation { continuation in
            watchers.withLock { $0.append((condition, continuation)) }
            note { _ in }
        }
    }

    private func note(_ change: (inout Seen) -> Void) {
        let now = seen.withLock { seen in
            change(&seen)
            return seen
        }
        let reached = watchers.withLock { watchers in
            let reached = watchers.filter { $0.isReached(now) }
            watchers.removeAll { $0.isReached(now) }
            return reached
        }
        for watcher in reached { watcher.continuation.resume() }
    }

    func prepare(_ arguments: BoundArguments) async throws(Core.Refusal) -> Departure {
        Departure { [self] _ in
            note { $0.begun += 1 }
            if isHeld.withLock({ $0 }) {
                await withTaskCancellationHandler {
                    await gateway.wait()
                } onCancel: {
                    note { $0.cancelled += 1 }
                    gateway.open()
                }
            }
            note { $0.ended += 1 }
            let id = arguments.arguments["id"]?.string ?? "x"
            return .answered(
                status: 200, mediaType: "application/json",
                body: JSONValue.object(["id": .string(id), "margin": 7]).bytes)
        }
    }
}

/// Lets everybody through once it is open.
final class Gateway: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Seals by writing the purpose in front and a checksum behind.
struct SealingVault: Vault {
    struct NoSecret: SealedSecret {
        func reveal() throws -> Secret { Secret([]) }
    }

    func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)? { NoSecret() }

    func digest(of bytes: [UInt8]) -> Digest { Digest(of: bytes) }

    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8] {
        Array(Digest(of: Array(purpose.utf8) + bytes).hex.utf8) + bytes
    }

    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8] {
        let bytes = Array(sealed.dropFirst(64))
        guard try seal(bytes, purpose: purpose) == sealed else { throw VaultFault(.cannotOpen, "not sealed here") }
        return bytes
    }
}
