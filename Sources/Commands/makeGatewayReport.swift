import Core
import Engine
import Foundation
import JSON
import Policy
import Report
import Settings
import Vault

extension House {
    /// Everything that a reviewer asks of this house under the configuration in force.
    func report() async throws -> GatewayReport {
        let configuration = inForce.value
        var examination = Settings.examine(configuration)
        let own = try await examine(configuration)
        examination.observations += own.observations
        examination.caps.formUnion(own.caps)
        // There is no verifiable log yet, so none is kept elsewhere.
        examination.caps.insert(.noCheckpoint)
        let catalogue = Catalogue(configuration.tools)
        let roles = ["(no role)"] + Set(configuration.policy.rules.flatMap { $0.principals.roles ?? [] }).sorted()
        let now = gate.now()
        return GatewayReport(
            resource: configuration.resource, version: configuration.version, time: now.description,
            generator: "sallyport \(productVersion)",
            score: measureScore(
                examination.observations, toolCount: catalogue.tools.count, caps: examination.caps),
            tools: catalogue.tools.map { tool in
                GatewayReport.Tool(
                    name: tool.name, source: tool.source, owner: tool.owner, risk: tool.risk, bucket: tool.bucket,
                    scope: tool.scope.name,
                    reach: roles.indices.map { reach(tool, $0 == 0 ? [] : [roles[$0]], configuration.policy) })
            },
            never: catalogue.never, heldBack: catalogue.heldBack, roles: roles,
            credentials: try await vault.list().map { record in
                GatewayReport.Credential(
                    name: record.name, owner: record.owner.shown, version: record.version,
                    age: record.age(at: now) / 86_400, lastUsed: record.lastUsed?.description)
            },
            activity: try await activity(days: 30))
    }

    /// How often what was recorded.
    private func activity(days: Int) async throws -> GatewayReport.Activity {
        let limit = 10_000
        let since = gate.now().advanced(bySeconds: -days * 86_400)
        let entries = try await gate.journal.search(EntryFilter(since: since, limit: limit))
        var counts: [String: Int] = [:]
        for entry in entries {
            for event in entry.body {
                let outcome = event["outcome"]?.string.map { " (\($0))" } ?? ""
                guard let what = event["event"]?.string ?? event["act"]?.string else { continue }
                counts[what + outcome, default: 0] += 1
            }
        }
        return GatewayReport.Activity(
            days: days, counts: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) },
            isPartial: entries.count == limit)
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

/// What a call comes to for somebody with these roles, before its arguments are known.
private func reach(_ tool: Tool, _ roles: Set<String>, _ policy: Policy) -> String {
    let facts = Facts(
        user: "somebody", agent: "some agent", tenant: nil, roles: roles, tool: tool.facts, arguments: .unknown,
        minuteOfDay: .unknown)
    let decision = decide(policy, facts)
    return decision.isCertain ? decision.effect.rawValue : "depends"
}
