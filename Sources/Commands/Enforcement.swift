import Backends
import Core
import Documents
import Engine
import JSON
import Logging
import NIOCore
import Report
import Settings
import Synchronization

/// Brings configurations into force, one after the other: at the start, on demand, and when a source's document changed.
///
/// A tool whose source declares something else than when somebody looked at it last cannot be reached, however the
/// configuration came into force.
actor Enforcement {
    nonisolated let snapshot: Current<Snapshot>
    nonisolated let upstreams: CurrentUpstreams

    private let path: String
    private let house: House
    private let group: any EventLoopGroup
    private let logger: Logger
    private let turns = Turnstile()

    init(path: String, house: House, group: any EventLoopGroup, logger: Logger) throws {
        self.path = path
        self.house = house
        self.group = group
        self.logger = logger
        let (snapshot, upstreams) = try makeSnapshot(house.inForce.value, [], vault: house.vault, group: group)
        self.snapshot = Current(snapshot)
        self.upstreams = CurrentUpstreams(upstreams)
    }

    /// Brings the configuration that the house was opened with into force, with what must not be reached left out.
    func start() async throws {
        try await inTurn { here in
            let changes = try await here.house.compareTools(of: here.house.inForce.value)
            if !changes.suspended.isEmpty { here.leaveOut(changes.suspended) }
            try await here.house.pin(changes)
        }
    }

    /// Brings the file into force if it is sound.
    ///
    /// - Returns: the problems that kept it from that; none when it is in force.
    func reload() async throws -> [String] {
        try await inTurn { here -> [String] in
            let loaded = load(here.path, flaw: fileFlaw)
            guard let configuration = loaded.configuration else {
                here.logger.error("the configuration has errors; the running one stays in force")
                let problems = loaded.diagnostics.filter { $0.severity == .error }.map(\.shown)
                for problem in problems { note(problem) }
                return problems
            }
            let fixed = here.house.inForce.value.changesThatNeedAStart(comparedWith: configuration)
            guard fixed.isEmpty else {
                here.logger.error(
                    "the configuration changes what only a start can change; the running one stays in force")
                return fixed.map {
                    "\(here.path): error: '\($0)' was changed, which takes effect at a start only\n    hint: Restart the server, or change it back."
                }
            }
            try await here.bring(configuration, "configuration-changed", by: "operator")
            return []
        }
    }

    /// Reads the documents of the sources anew, under the configuration as it was read. What cannot be used any more
    /// changes nothing and becomes a finding.
    @discardableResult
    func reread() async throws -> Reread {
        try await inTurn { here -> Reread in
            let running = here.house.inForce.value
            let loaded = load(here.path, text: running.text, flaw: fileFlaw)
            guard let configuration = loaded.configuration else {
                let problem = loaded.diagnostics.first { $0.severity == .error }
                here.house.sourceProblems.replace(with: [
                    Finding(
                        .unreadableSource,
                        subject: "\(problem?.code ?? "sources") \(problem?.position.map { "line \($0.line)" } ?? "")",
                        evidence: "\(problem?.message ?? "unknown"); what was read before stays in force",
                        file: problem?.file ?? running.name, line: problem?.position?.line)
                ])
                here.logger.error("sources cannot be used as they are now; those read before stay in force")
                return .unusable(problem?.message ?? "unknown")
            }
            here.house.sourceProblems.replace(with: [])
            guard configuration.version != running.version else { return .same }
            try await here.bring(configuration, "sources-changed", by: "system")
            return .changed
        }
    }

    /// Takes what was looked at meanwhile into account.
    func refresh() async throws {
        try await inTurn { here in
            let changes = try await here.house.compareTools(of: here.house.inForce.value)
            here.leaveOut(changes.suspended)
        }
    }

    private func bring(_ configuration: Configuration, _ act: String, by person: String) async throws {
        let changes = try await house.compareTools(of: configuration)
        let (fresh, upstreams) = try makeSnapshot(
            configuration, changes.suspended, vault: house.vault, group: group)
        try await house.gate.journal.record(
            Act(act, by: person, details: ["snapshot": .string(fresh.version)], at: house.gate.now()),
            durability: .now)
        house.inForce.replace(with: configuration)
        house.sourceProblems.replace(with: [])
        snapshot.replace(with: fresh)
        self.upstreams.replace(with: upstreams)
        try await house.pin(changes)
        logger.info("a new configuration is in force", metadata: ["snapshot": "\(fresh.version)"])
    }

    /// The snapshot in force once more, with other tools left out. Sources and their connections stay.
    private func leaveOut(_ suspended: Set<String>) {
        snapshot.replace(
            with: snapshot.value.with(Catalogue(house.inForce.value.tools, suspended: suspended)))
    }

    private func inTurn<Result: Sendable>(
        _ body: @escaping @Sendable (isolated Enforcement) async throws -> Result
    ) async throws -> Result {
        try await turns.run { try await body(self) }
    }
}

/// What came of reading the sources anew.
enum Reread: Sendable, Equatable {
    case same
    case changed
    /// What was read before stays in force.
    case unusable(String)
}

/// The pools in use, and those that were: requests that hold an old snapshot end on its pools, which are kept until the
/// process ends. They are a few idle connections for each change of the configuration, and those time out.
final class CurrentUpstreams: Sendable {
    private let current: Mutex<[Upstream]>

    init(_ upstreams: [Upstream]) {
        current = Mutex(upstreams)
    }

    var all: [Upstream] {
        current.withLock { $0 }
    }

    func replace(with fresh: [Upstream]) {
        current.withLock { $0 += fresh }
    }
}
