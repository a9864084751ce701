import Core
import Engine
import Foundation
import JSON
import Policy
import Report
import Settings
import Vault

extension House {
    /// Everything that a reviewer asks of this house under a configuration, before anything is said of findings.
    func makeReport(
        _ configuration: Configuration, _ changes: ToolChanges, _ register: Register
    ) async throws -> GatewayReport {
        let catalogue = Catalogue(configuration.tools, suspended: changes.suspended)
        try background.checkGoesOn()
        var examination = Settings.examine(configuration, catalogue)
        let records = try await latestRecords(days: 30)
        try background.checkGoesOn()
        let isNews = !sourceProblems.value.isEmpty || changes.findings.contains { $0.kind == .newOperation }
        let own = try await examine(configuration, catalogue, records, register, isNews: isNews)
        examination.observations += own.observations
        examination.caps.formUnion(own.caps)
        let keepsCheckpoints = examination.observations.contains { $0.control == .checkpoint && $0.result >= 1 }
        if !keepsCheckpoints { examination.caps.insert(.noCheckpoint) }
        let now = gate.now()
        let actors = Actor.all(configuration.policy)
        var report = GatewayReport(
            resource: configuration.resource, version: configuration.version, moment: now,
            generator: "sallyport \(productVersion)",
            score: measureScore(
                examination.observations, toolCount: catalogue.tools.count, caps: examination.caps,
                lingering: lingeringCaps(register.looks, at: now)),
            tools: try catalogue.tools.map { tool in
                try background.checkGoesOn()
                return GatewayReport.Tool(
                    key: tool.key, name: tool.name, source: tool.source, owner: tool.owner,
                    words: tool.ownWords(examination.flaws[tool.key] ?? []), bucket: tool.bucket, reason: tool.reason,
                    scope: tool.scope.name, declaresAnswer: tool.declaresAnswer,
                    gate: examination.gates[tool.key] ?? 0,
                    reach: actors.map { $0.reach(tool, configuration.policy) },
                    review: register.reviews[tool.key].map { "by \($0.by) on \($0.at.date)" })
            },
            never: catalogue.never, heldBack: catalogue.heldBack, suspended: catalogue.suspended,
            actors: actors.map(\.name),
            credentials: try await vault.list().map { record in
                GatewayReport.Credential(
                    name: record.name, owner: record.owner.shown, version: record.version,
                    age: record.age(at: now) / 86_400, lastUsed: record.lastUsed?.description)
            },
            activity: records.activity, approvals: records.approvals(waiting: try await gate.waiting().count),
            attestations: Array(register.attestations.values), history: register.looks)
        report.isPartial = own.isPartial
        return report
    }

    /// The latest entries of the journal, as many as a report looks at.
    private func latestRecords(days: Int) async throws -> Records {
        let limit = 10_000
        let since = gate.now().advanced(bySeconds: -days * 86_400)
        let entries = try await gate.journal.search(EntryFilter(since: since, limit: limit))
        return Records(entries: entries, days: days, isPartial: entries.count == limit)
    }
}

extension SecretOwner {
    fileprivate var shown: String {
        switch self {
        case .user(let user, let tenant, _): tenant.map { "\(user) of \($0)" } ?? user
        case .source: "the source"
        }
    }
}

/// Somebody whom a policy speaks of, by role or by agent.
private struct Actor {
    var name: String
    var agent: String
    var roles: Set<String>

    static func all(_ policy: Policy) -> [Actor] {
        let rules = policy.rules.map(\.principals)
        let roles = Set(rules.flatMap { $0.roles ?? [] }).sorted()
        let agents = Set(rules.flatMap { $0.agents ?? [] }).sorted()
        var actors = [Actor(name: "(no role)", agent: "some agent", roles: [])]
        for role in roles { actors.append(Actor(name: role, agent: "some agent", roles: [role])) }
        for agent in agents { actors.append(Actor(name: "agent \(agent)", agent: agent, roles: [])) }
        return actors
    }

    /// What a call comes to, before its arguments are known.
    func reach(_ tool: Tool, _ policy: Policy) -> String {
        let facts = Facts(
            user: "somebody", agent: agent, tenant: nil, roles: roles, tool: tool.facts, arguments: .unknown,
            minuteOfDay: .unknown)
        let decision = decide(policy, facts)
        return decision.isCertain ? decision.effect.rawValue : "depends"
    }
}
