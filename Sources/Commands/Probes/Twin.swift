import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import Logging
import MCP
import NIOCore
import NIOPosix
import Policy
import Settings
import Synchronization
import Vault
import Web

/// The gateway once more: the same program, policy, tools and people, on a port of its own, with made-up users and secrets,
/// before a source that only listens. What is tried there harms nobody.
final class Twin: Sendable {
    let configuration: Configuration
    let catalogue: Catalogue
    let house: House
    let trap: TrapSource
    let port: Int
    let group: MultiThreadedEventLoopGroup
    /// Whether tokens are what they are at the gateway: those of other issuers cannot be made up.
    let hasLocalIssuer: Bool
    /// Hosts that requests may name.
    let hosts: [String]
    /// The only secret there is.
    let canary: String
    /// Everything that came back to agents so far.
    let seen = Mutex<[UInt8]>([])
    /// Runs before each attempt; tests break the gateway here, to see that a probe can fail.
    var onAttempt: (@Sendable () async -> Void)? {
        get { hook.withLock { $0 } }
        set { hook.withLock { $0 = newValue } }
    }
    private let hook = Mutex<(@Sendable () async -> Void)?>(nil)

    private let directory: String
    private let authenticator: TokenAuthenticator
    private let server: Task<Void, any Error>

    /// Opens one, runs the body and takes everything away.
    static func open<Result: Sendable>(
        _ original: Configuration, _ catalogue: Catalogue, _ body: (Twin) async throws -> Result
    ) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sallyport-twin-\(UUID().uuidString)")
            .path
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let trap = TrapSource()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        do {
            let twin = try await Twin(original, catalogue, directory, trap, group)
            let result: Result
            do {
                result = try await body(twin)
            } catch {
                try await twin.close()
                throw error
            }
            try await twin.close()
            try await group.shutdownGracefully()
            return result
        } catch {
            await trap.close()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        _ original: Configuration, _ catalogue: Catalogue, _ directory: String, _ trap: TrapSource,
        _ group: MultiThreadedEventLoopGroup
    ) async throws {
        let logger = Logger(label: "twin") { _ in SwiftLogNoOpLogHandler() }
        let source = try await trap.listen(on: group)
        var configuration = original
        configuration.dataDirectory = directory
        configuration.database = nil
        configuration.webhooks = []
        configuration.observe = nil
        configuration.mail = nil
        // What is tried comes faster than any agent may.
        configuration.rates = []
        configuration.tls = nil
        configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
        let local = original.issuers.filter { $0.keys == .local }
        hasLocalIssuer = !local.isEmpty
        // Somebody has to vouch for the made-up users, whoever vouches for real ones.
        configuration.issuers = local.isEmpty ? [.local(audience: original.resource)] : local
        hosts = original.allowedHosts
        for index in configuration.sources.indices {
            let path = configuration.sources[index].baseURL.path
            configuration.sources[index].baseURL = try BaseURL.parse("http://127.0.0.1:\(source)\(path)")
            configuration.sources[index].allowAddresses = [CIDR("127.0.0.1/32")].compactMap { $0 }
            configuration.sources[index].trustRootFile = nil
        }
        for approver in Self.approvers {
            configuration.people[approver] = Person(
                roles: Set(original.policy.rules.flatMap { $0.approval.roles }))
        }
        self.configuration = configuration
        self.catalogue = catalogue
        self.directory = directory
        self.trap = trap
        self.group = group
        canary = "canary-" + LocalIssuer.freshID()
        house = try await House.open(configuration, group: group, usesEnvironment: false, logger: logger)
        for approver in Self.approvers { _ = try await house.users.add(approver) }
        authenticator = try makeAuthenticator(configuration, house, logger)
        let reachable = Set(catalogue.tools.map(\.key))
        let (snapshot, _) = try makeSnapshot(
            configuration, Set(configuration.tools.map(\.key)).subtracting(reachable), vault: house.vault, group: group)
        let parts = AgentParts(
            face: AgentFace(gate: house.gate, snapshot: { snapshot }),
            ladder: Ladder(
                server: Implementation(name: "sallyport", version: productVersion), origins: original.origins,
                hosts: hosts, limits: RunningServer.limits),
            authenticator: authenticator, pages: [:],
            challenge: { _ in HTTPReply(status: 401, headers: []) }, now: systemTime)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let agents = AgentServer(
            parts: parts, host: "127.0.0.1", port: 0, tls: nil, group: group, logger: logger
        ) { found.yield($0.port ?? 0) }
        server = Task {
            defer { found.finish() }
            try await agents.run()
        }
        var iterator = ports.makeAsyncIterator()
        port = await iterator.next() ?? 0
        if port == 0 { throw CommandError("the twin does not listen") }
    }

    private func close() async throws {
        server.cancel()
        _ = await server.result
        await trap.close()
        try await house.close()
    }

    /// Names of people in the twin who hold every role that an approval may ask for.
    static let approvers = (1...5).map { "approver-\($0)-in-the-twin" }

    // MARK: What somebody does

    /// Makes somebody a user with a credential for every source, and gives them a token.
    func token(for somebody: Somebody, hasCredential: Bool = true) async throws -> String {
        var somebody = somebody
        // An issuer that may speak for some tenants only speaks for the first of them.
        if let tenants = configuration.issuers.first?.tenants, !tenants.contains(somebody.tenant ?? "") {
            somebody.tenant = tenants.sorted().first
        }
        let user: User
        if let known = try await house.users.user(somebody.user) {
            user = User(
                name: known.name, tenant: somebody.tenant, roles: somebody.roles, hasPassword: false,
                created: known.created, isDisabled: false)
        } else {
            user = try await house.users.add(somebody.user, tenant: somebody.tenant, roles: somebody.roles)
        }
        if hasCredential {
            for credential in configuration.sources.compactMap(\.credential) {
                let owner: SecretOwner =
                    credential.isPerUser ? .user(somebody.user, tenant: somebody.tenant) : .source
                _ = try await house.vault.put(credential.secret, for: owner, Array(secret(credential).utf8))
            }
        }
        return try house.issuer.token(
            for: user, agent: somebody.agent, audience: configuration.resource,
            scopes: configuration.issuers.first?.scopes ?? [], at: house.gate.now())
    }

    private func secret(_ credential: HTTPBackend.Credential) -> String {
        credential.placement == .basic ? "user:\(canary)" : canary
    }

    /// A host that requests may name.
    var host: String { hosts.first ?? "127.0.0.1" }

    /// What came back, with the status of the answer; 0 where nothing did.
    struct Answer {
        var status: Int
        var text: String

        /// Whether a tool ran, or an earlier outcome was handed out.
        var isResult: Bool { status == 200 && text.contains("\"result\"") && !text.contains("\"isError\":true") }
    }

    /// One call, with what the source got of it.
    struct Attempt {
        var answer: Answer
        var requests: [TrapSource.Request]

        /// Whether the gateway said no before anything was sent.
        var isRefusal: Bool {
            requests.isEmpty
                && (answer.status == 401 || answer.status == 400 || answer.status == 200 && !answer.isResult)
        }
    }

    func attempt(_ witness: Witness, _ arguments: JSONObject, token: String?) async throws -> Attempt {
        await onAttempt?()
        let before = trap.requests.count
        let answer = try await call(witness.tool.name, arguments, token: token)
        return Attempt(answer: answer, requests: Array(trap.requests.dropFirst(before)))
    }

    func call(_ tool: String, _ arguments: JSONObject, token: String?) async throws -> Answer {
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": ["name": .string(tool), "arguments": .object(arguments)],
        ]
        return try await post(body.bytes, token: token)
    }

    func post(_ body: [UInt8], token: String?, headers: [String] = []) async throws -> Answer {
        var lines = [
            "POST /mcp HTTP/1.1", "Host: \(host)", "Content-Type: application/json",
            "Accept: application/json, text/event-stream", "MCP-Protocol-Version: 2025-06-18", "Connection: close",
            "Content-Length: \(body.count)",
        ]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += headers
        return try await send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    func send(_ bytes: [UInt8]) async throws -> Answer {
        let answer = try await sendRaw(bytes, to: port, on: group)
        seen.withLock { $0 += answer }
        let text = String(decoding: answer, as: UTF8.self)
        return Answer(status: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, text: text)
    }

    /// Takes a user away.
    func disable(_ user: String) async throws {
        try await house.users.setDisabled(user, true)
        authenticator.flush()
    }

    func isAccepted(_ token: String) async -> Bool {
        do {
            _ = try await authenticator.authenticate(bearer: Array(token.utf8), at: house.gate.now())
            return true
        } catch {
            return false
        }
    }

    /// What is on disk of everything that was recorded.
    func recorded() async throws -> [UInt8] {
        try await house.gate.journal.search(EntryFilter(limit: 100_000)).flatMap { $0.body.flatMap(\.bytes) }
    }
}
