import Core
import Engine
import JSON
import Report
import Settings

extension House {
    /// What looks saw and people said, up to now.
    func register() async throws -> Register {
        var events: [RegisterEvent] = []
        var before: Int?
        let page = 10_000
        while true {
            let entries = try await gate.journal.search(
                EntryFilter(acts: RegisterEvent.acts, before: before, limit: page))
            events += entries.compactMap { $0.body.first.flatMap { RegisterEvent(json: $0) } }
            guard entries.count == page, let last = entries.last else { break }
            before = last.position
        }
        return Register(events.reversed())
    }

    /// Writes events down, each as an act.
    func record(_ events: [RegisterEvent]) async throws {
        for event in events {
            try await gate.journal.record(
                Act(event.act, by: event.by, details: event.details, at: event.at), durability: .now)
        }
    }

    /// Pins the tools of a configuration that is about to be in force.
    ///
    /// - Returns: what is otherwise than what somebody looked at last; its tools must not be reached.
    func pinTools(_ configuration: Configuration) async throws -> ToolChanges {
        let changes = compareTools(configuration.tools, with: try await register(), file: configuration.name)
        let now = gate.now()
        try await record(parts(changes.pins).map { RegisterEvent(.pinned($0), at: now) })
        return changes
    }

    /// Looks at the gateway as it is: what should change, how safe it is. What is new is written down.
    ///
    /// - Returns: the report, and the findings that were not there at the look before.
    func look() async throws -> (report: GatewayReport, new: [Finding]) {
        let configuration = inForce.value
        var register = try await register()
        let changes = compareTools(configuration.tools, with: register, file: configuration.name)
        var report = try await makeReport(configuration, changes, register)
        let findings = report.problems(changes: changes.findings + sourceProblems.value, file: configuration.name)
        var events = register.events(seeing: findings, at: report.moment)
        for event in events { register.apply(event) }
        report.findings = register.standing(of: findings, at: report.moment)
        // The history keeps what changed, and one look a day.
        let last = report.history.last
        if last.map({ report.look.differs(from: $0) || report.moment >= $0.at.advanced(bySeconds: 86_400) }) ?? true {
            events.append(RegisterEvent(.looked(report.look), at: report.moment))
        }
        try await record(events)
        let new = Set(
            events.flatMap { event in
                if case .found(let found) = event.kind { Array(found.keys) } else { [String]() }
            })
        return (report, findings.filter { new.contains($0.id) })
    }
}

extension Configuration {
    /// How reports name the file.
    var name: String { "sallyport.yaml" }
}
