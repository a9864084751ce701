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
            try background.checkGoesOn()
            let entries = try await gate.journal.search(
                EntryFilter(acts: RegisterEvent.acts, before: before, limit: page))
            for entry in entries {
                guard let event = entry.body.first.flatMap({ RegisterEvent(json: $0) }) else {
                    throw CommandError(
                        "entry \(entry.position) of the journal is of a form that this version does not know",
                        hint: "It was written by a later version.")
                }
                events.append(event)
            }
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

    /// What is otherwise with the tools of a configuration than what somebody looked at last.
    func compareTools(of configuration: Configuration) async throws -> ToolChanges {
        Report.compareTools(configuration.tools, with: try await register(), file: configuration.name)
    }

    /// Writes down tools that are in force as they are, and may be.
    func pin(_ changes: ToolChanges) async throws {
        let now = gate.now()
        try await record(parts(changes.pins).map { RegisterEvent(.pinned($0), at: now) })
    }

    /// Looks at the gateway as it is: what should change, how safe it is. What is new is written down and told.
    ///
    /// One look at a time: two at once would both find what is new.
    ///
    /// - Throws: `CancellationError` where the house closes meanwhile; then nothing is written down.
    func look() async throws -> (report: GatewayReport, new: [Finding]) {
        try await looks.run {
            let (report, new) = try await lookAlone()
            tell(of: new, report)
            return (report, new)
        }
    }

    private func lookAlone() async throws -> (report: GatewayReport, new: [Finding]) {
        let configuration = inForce.value
        let known = try await register()
        let changes = Report.compareTools(configuration.tools, with: known, file: configuration.name)
        try background.checkGoesOn()
        var report = try await makeReport(configuration, changes, known)
        let findings = report.problems(changes: changes.findings + sourceProblems.value, file: configuration.name)
        // What people said meanwhile counts.
        var register = try await register()
        guard !report.isPartial else {
            report.findings = register.standing(of: findings, at: report.moment)
            return (report, [])
        }
        let isRated = report.score != nil
        var events = register.events(seeing: findings, at: report.moment) { id in
            guard let kind = register.findings[id]?.kind else { return true }
            // A tool that is held back was not looked at, and a score that is not there shows no control.
            switch kind {
            case .weakControl, .scoreCap: return isRated
            case .changedDefinition, .changedRisk, .changedOwner, .newOperation: return true
            default: return !changes.suspended.contains { id.hasSuffix(":" + $0) }
            }
        }
        for event in events { register.apply(event) }
        report.findings = register.standing(of: findings, at: report.moment)
        try background.checkGoesOn()
        // The history keeps what changed, and one look a day.
        let last = report.history.last
        if last.map({ report.look.differs(from: $0) || report.moment >= $0.at.advanced(bySeconds: 86_400) }) ?? true {
            events.append(RegisterEvent(.looked(report.look), at: report.moment))
        }
        try await record(events)
        let new = Set(
            events.flatMap { event in
                if case .found(let found) = event.kind { found.map(\.id) } else { [String]() }
            })
        return (report, findings.filter { new.contains($0.id) })
    }
}

extension Configuration {
    /// How reports name the file.
    var name: String { "sallyport.yaml" }
}
