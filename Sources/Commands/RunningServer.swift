import Backends
import Core
import Documents
import Engine
import Identity
import JSON
import Logging
import MCP
import NIOCore
import ServiceLifecycle
import Settings
import Synchronization
import UnixSignals
import Web

/// The only place that knows every room: puts the parts together and keeps them running.
struct RunningServer {
    private let configuration: Configuration
    private let path: String
    private let house: House
    private let group: any EventLoopGroup
    private let logger: Logger
    private let current: Current<Snapshot>
    private let upstreams: CurrentUpstreams
    private let authenticator: TokenAuthenticator
    private let protectedResource: ProtectedResource

    init(
        configuration: Configuration, path: String, house: House, group: any EventLoopGroup, logger: Logger
    ) throws {
        self.configuration = configuration
        self.path = path
        self.house = house
        self.group = group
        self.logger = logger
        let (snapshot, upstreams) = try makeSnapshot(configuration, vault: house.vault, group: group)
        current = Current(snapshot)
        self.upstreams = CurrentUpstreams(upstreams)
        authenticator = try makeAuthenticator(configuration, house, logger)
        let servers = configuration.issuers.compactMap { $0.keys == .local ? nil : $0.issuer }
        guard
            let resource = ProtectedResource(
                resource: configuration.resource, authorizationServers: servers,
                scopes: configuration.issuers.flatMap(\.scopes).sorted(), name: "Sallyport")
        else { throw CommandError("the resource '\(configuration.resource)' is not usable") }
        protectedResource = resource
    }

    /// Serves until a signal ends it.
    func run() async throws {
        let unknown = try await house.gate.recover()
        if unknown > 0 {
            logger.warning("calls of an earlier run have unknown outcomes", metadata: ["count": "\(unknown)"])
        }
        try await house.gate.journal.record(
            Act("started", by: "system", details: ["snapshot": .string(current.value.version)], at: systemTime()),
            durability: .now)
        report(current.value)
        let tls = try configuration.tls.map { try serverTLS(certificate: $0.certificate, key: $0.key) }
        let scheme = tls == nil ? "http" : "https"
        let host = configuration.listen.host
        // Whoever reads the line may send a command as well as a request.
        let ready = Readiness(parts: 2) {
            returnFreedMemory()
            show("sallyport: listening on \($0)")
        }
        let agents = AgentServer(
            parts: parts, host: host, port: configuration.listen.port, tls: tls, group: group, logger: logger
        ) { address in
            let name = host.contains(":") ? "[\(host)]" : host
            ready.note("\(scheme)://\(name):\(address.port ?? 0)/mcp")
        }
        let administration = Administration(
            house: house, snapshot: { [current] in current.value }, reload: reload,
            revoke: { [authenticator] in authenticator.flush() }, resource: configuration.resource)
        let socket = AdministrationServer(
            path: configuration.dataDirectory + "/" + DataDirectory.socket, group: group, logger: logger,
            answer: administration.answer, onListening: { ready.note() })
        let services: [any Service] = [
            socket, Housekeeping(gate: house.gate, vault: house.vault, logger: logger), agents,
            ReloadOnSignal(reload: reload),
        ]
        let lifecycle = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await lifecycle.run()
        for upstream in upstreams.all { await upstream.close() }
    }

    private var parts: AgentParts {
        let resource = protectedResource
        var pages: [String: HTTPReply] = [
            "/healthz": HTTPReply(
                status: 200, headers: [HeaderField("Content-Type", "application/json")], body: Array("{}".utf8))
        ]
        for path in resource.metadataPaths {
            pages[path] = HTTPReply(
                status: 200, headers: [HeaderField("Content-Type", "application/json")], body: resource.metadata.bytes)
        }
        return AgentParts(
            face: AgentFace(gate: house.gate, snapshot: { [current] in current.value }),
            ladder: Ladder(
                server: Implementation(name: "sallyport", version: productVersion), origins: configuration.origins,
                hosts: configuration.allowedHosts, limits: Ladder.Limits(maxDepth: 64)),
            authenticator: authenticator, pages: pages, challenge: { resource.reply(to: $0) },
            onRefusedToken: RefusedTokens(logger: logger).note, now: systemTime)
    }

    /// Brings the file into force if it is sound.
    ///
    /// - Returns: the problems that kept it from that; none when it is in force.
    private var reload: @Sendable () async -> [String] {
        let (path, house, group, current, upstreams, logger) = (path, house, group, current, upstreams, logger)
        let running = configuration
        return {
            let loaded = load(path, flaw: fileFlaw)
            guard let configuration = loaded.configuration else {
                logger.error("the configuration has errors; the running one stays in force")
                for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
                    note(diagnostic.shown)
                }
                return loaded.diagnostics.filter { $0.severity == .error }.map(\.shown)
            }
            let fixed = running.changesThatNeedAStart(comparedWith: configuration)
            guard fixed.isEmpty else {
                logger.error("the configuration changes what only a start can change; the running one stays in force")
                return fixed.map {
                    "\(path): error: '\($0)' was changed, which takes effect at a start only\n    hint: Restart the server, or change it back."
                }
            }
            do {
                let (snapshot, fresh) = try makeSnapshot(configuration, vault: house.vault, group: group)
                try await house.gate.journal.record(
                    Act(
                        "configuration-changed", by: "operator", details: ["snapshot": .string(snapshot.version)],
                        at: systemTime()),
                    durability: .now)
                house.inForce.replace(with: configuration)
                current.replace(with: snapshot)
                upstreams.replace(with: fresh)
                logger.info("a new configuration is in force", metadata: ["snapshot": "\(snapshot.version)"])
                return []
            } catch {
                return ["error: \(error)"]
            }
        }
    }

    private func report(_ snapshot: Snapshot) {
        logger.info(
            "serving",
            metadata: ["tools": "\(snapshot.catalogue.tools.count)", "never": "\(snapshot.catalogue.never)"])
        if snapshot.catalogue.heldBack > 0 {
            logger.warning(
                "tools are held back because they have no scope", metadata: ["count": "\(snapshot.catalogue.heldBack)"])
        }
    }
}

extension Configuration {
    /// Keys that differ and are read at the start only.
    func changesThatNeedAStart(comparedWith other: Configuration) -> [String] {
        [
            ("listen", listen == other.listen), ("resource", resource == other.resource),
            ("data", dataDirectory == other.dataDirectory), ("hosts", hosts == other.hosts),
            ("origins", origins == other.origins), ("tls", tls == other.tls), ("issuers", issuers == other.issuers),
        ].filter { !$0.1 }.map(\.0)
    }

    /// Hosts that requests may name: what is configured, else those of the resource and of the address.
    var allowedHosts: [String] {
        if let hosts { return hosts }
        let resourceHost = resource.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(
            String.init)
        var hosts = [listen.host.contains(":") ? "[\(listen.host)]" : listen.host]
        if let resourceHost { hosts.append(resourceHost) }
        if listen.host == "127.0.0.1" || listen.host == "::1" { hosts.append("localhost") }
        return hosts
    }
}

extension ProtectedResource {
    /// The answer to a request that did not prove who it comes from.
    fileprivate func reply(to fault: AuthenticationFault?) -> HTTPReply {
        let challenge = fault.map { self.challenge(for: $0) } ?? missingToken
        return HTTPReply(
            status: challenge.status, headers: challenge.header.map { [HeaderField("WWW-Authenticate", $0)] } ?? [])
    }
}

/// The pools in use; replaced ones end once nothing uses them.
final class CurrentUpstreams: Sendable {
    private let current: Mutex<[Upstream]>

    init(_ upstreams: [Upstream]) {
        current = Mutex(upstreams)
    }

    var all: [Upstream] {
        current.withLock { $0 }
    }

    /// Requests that hold the old snapshot end on the old pools, which are kept until the process ends: a few idle
    /// connections for each change of the configuration, and those time out.
    func replace(with fresh: [Upstream]) {
        current.withLock { $0 += fresh }
    }
}
