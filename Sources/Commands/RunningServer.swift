import Backends
import Core
import Documents
import Engine
import Identity
import JSON
import Logging
import MCP
import NIOCore
import NIOSSL
import Pages
import ServiceLifecycle
import Settings
import Store
import Synchronization
import UnixSignals
import Web

/// The only place that knows every room: puts the parts together and keeps them running.
struct RunningServer {
    private let configuration: Configuration
    private let house: House
    private let group: any EventLoopGroup
    private let logger: Logger
    private let enforcement: Enforcement
    private let authenticator: TokenAuthenticator
    private let protectedResource: ProtectedResource

    init(
        configuration: Configuration, path: String, house: House, group: any EventLoopGroup, logger: Logger
    ) throws {
        self.configuration = configuration
        self.house = house
        self.group = group
        self.logger = logger
        enforcement = try Enforcement(path: path, house: house, group: group, logger: logger)
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
        try await joinOthers()
        let unknown = try await house.gate.recover()
        if unknown > 0 {
            logger.warning("calls of an earlier run have unknown outcomes", metadata: ["count": "\(unknown)"])
        }
        try await enforcement.start()
        let current = enforcement.snapshot
        try await house.gate.journal.record(
            Act("started", by: "system", details: ["snapshot": .string(current.value.version)], at: systemTime()),
            durability: .now)
        report(current.value)
        house.onProposal.replace { [house] in house.ask(for: $0) }
        house.onApproval.replace { [house] in house.runDetached($0, as: $1, in: current.value) }
        try await house.gate.resumeApproved()
        let tls = try configuration.tls.map { try serverTLS(certificate: $0.certificate, key: $0.key) }
        let scheme = tls == nil ? "http" : "https"
        let host = configuration.listen.host
        // Whoever reads the line may send a command as well as a request.
        let parts = 2 + (configuration.pages == nil ? 0 : 1) + (configuration.observe == nil ? 0 : 1)
        let ready = Readiness(parts: parts) {
            returnFreedMemory()
            show("sallyport: listening on \($0)")
        }
        let agents = AgentServer(
            parts: self.parts, host: host, port: configuration.listen.port,
            tls: try tls.map { try NIOSSLContext(configuration: $0) }, group: group,
            logger: logger
        ) { [house] address in
            house.pulse.begin()
            let name = host.contains(":") ? "[\(host)]" : host
            ready.note("\(scheme)://\(name):\(address.port ?? 0)/mcp")
        }
        let administration = Administration(
            house: house, snapshot: { current.value }, reload: reload,
            revoke: { [authenticator] in authenticator.flush() },
            reread: { [enforcement] in try await enforcement.reread() },
            refresh: { [enforcement] in try await enforcement.refresh() }, resource: configuration.resource)
        let socket = AdministrationServer(
            path: configuration.dataDirectory + "/" + DataDirectory.socket, group: group, logger: logger,
            answer: administration.answer, onListening: { ready.note() })
        var services: [any Service] = [
            socket, Housekeeping(house: house, logger: logger), Sealing(house: house, logger: logger),
            Indexing(house: house, logger: logger), Streaming(house: house), agents,
            ReloadOnSignal(reload: reload), Watch(house: house, enforcement: enforcement, logger: logger),
        ]
        if let pages = configuration.pages {
            services.append(
                PageServer(
                    reception: Reception(desk: house.desk, origin: pages.origin), host: pages.listen.host,
                    port: pages.listen.port, tls: tls, group: group,
                    logger: Logger(label: "pages") { _ in SwiftLogNoOpLogHandler() },
                    onListening: { [logger] port in
                        logger.info("pages are served", metadata: ["port": "\(port)", "url": "\(pages.origin)"])
                        ready.note()
                    }))
        }
        if let observe = configuration.observe {
            // First, so that they are the last to end: what the others do at their end can be seen.
            services = try await observing(observe, tls, ready) + services
        }
        services.append(Farewell(pulse: house.pulse))
        let lifecycle = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await lifecycle.run()
        for upstream in enforcement.upstreams.all { await upstream.close() }
    }

    /// What tells operators how the server is.
    private func observing(
        _ settings: ObserveSettings, _ tls: TLSConfiguration?, _ ready: Readiness
    ) async throws -> [any Service] {
        try await house.prepareProbe()
        let server = ObserveServer(
            host: settings.listen.host, port: settings.listen.port, tls: settings.isRemote ? tls : nil, group: group,
            logger: Logger(label: "observe") { _ in SwiftLogNoOpLogHandler() },
            answer: Observatory(house: house, settings: settings).answer,
            onListening: { [logger] port in
                logger.info("health and figures are served", metadata: ["port": "\(port)"])
                ready.note()
            })
        guard let traces = settings.traces else { return [server] }
        return [server, try Tracing(house: house, settings: traces, logger: logger)]
    }

    /// Acts on what other processes on the same database say.
    private func joinOthers() async throws {
        guard house.isShared else { return }
        let flush: @Sendable () -> Void = { [authenticator] in authenticator.flush() }
        house.refresh.replace { [house] in try await house.takeOrders(flush) }
        try await house.takeOrders(flush)
        house.gate.divideRates(among: try await house.journal.processCount())
        house.hearOthers { [house, enforcement, logger] message in
            house.background.add {
                do {
                    try await house.act(on: message, enforcement, flush)
                } catch {
                    logger.error(
                        "what another process said could not be acted on",
                        metadata: ["message": "\(clean(message))", "cause": "\(error)"])
                }
            }
        }
    }

    /// Bounds on what is read of a request.
    static let limits = Ladder.Limits(maxDepth: 64)

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
            face: AgentFace(
                gate: house.gate, snapshot: { [enforcement] in enforcement.snapshot.value },
                approvals: configuration.pages.map { "\($0.origin)/approvals" }),
            ladder: Ladder(
                server: Implementation(name: "sallyport", version: productVersion), origins: configuration.origins,
                hosts: configuration.allowedHosts, limits: Self.limits),
            authenticator: authenticator, pages: pages, challenge: { resource.reply(to: $0) },
            onRefusedToken: RefusedTokens(logger: logger).note, now: systemTime)
    }

    private var reload: @Sendable () async -> [String] {
        { [enforcement] in
            do {
                return try await enforcement.reload()
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
        if snapshot.catalogue.suspended > 0 {
            logger.warning(
                "tools are held back because of what their source says of them: 'sallyport tools review'",
                metadata: ["count": "\(snapshot.catalogue.suspended)"])
        }
    }
}

extension House {
    /// - Parameter message: what another process said; empty where anything may have been said.
    fileprivate func act(
        on message: String, _ enforcement: Enforcement, _ flush: @escaping @Sendable () -> Void
    ) async throws {
        let words = message.split(separator: " ")
        switch words.first {
        case "call":
            guard let id = words.last.flatMap({ CallID(String($0)) }) else { return }
            try await gate.noteElsewhere(id)
        case "reload":
            let problems = try await enforcement.reload()
            if let first = problems.first { throw CommandError(first) }
        case "tools": try await enforcement.refresh()
        case nil:
            // The connection was lost for a while: anything may have been said.
            try await takeOrders(flush)
            let problems = try await enforcement.reload()
            try await enforcement.refresh()
            if let first = problems.first { throw CommandError(first) }
        default: try await takeOrders(flush)
        }
    }
}

extension Configuration {
    /// Keys that differ and are read at the start only.
    func changesThatNeedAStart(comparedWith other: Configuration) -> [String] {
        [
            ("listen", listen == other.listen), ("resource", resource == other.resource),
            ("data", dataDirectory == other.dataDirectory), ("database", database == other.database),
            ("hosts", hosts == other.hosts),
            ("origins", origins == other.origins), ("tls", tls == other.tls), ("issuers", issuers == other.issuers),
            ("pages", pages == other.pages), ("observe", observe == other.observe),
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
