import Core
import Engine
import Foundation
import Identity
import JSON
import Report
import Settings
import Store
import Vault

extension House {
    /// Tries the parts of the house itself: tokens, vault and journal. Changes nothing and shows no secret.
    func examine(
        _ configuration: Configuration, _ catalogue: Catalogue, _ records: Records
    ) async throws -> Examination {
        var examination = Examination()
        try await examineTokens(configuration, &examination)
        try await examineVault(&examination)
        examineJournal(catalogue, records, &examination)
        return examination
    }

    /// Presents forged and foreign tokens to the authenticator of the configuration, beside one that must be accepted.
    private func examineTokens(_ configuration: Configuration, _ examination: inout Examination) async throws {
        let authenticator = try makeAuthenticator(configuration, self, logger)
        let now = gate.now()
        func isAccepted(_ token: String) async -> Bool {
            do {
                _ = try await authenticator.authenticate(bearer: Array(token.utf8), at: now)
                return true
            } catch {
                return false
            }
        }
        guard configuration.issuers.contains(where: { $0.keys == .local }),
            let audience = configuration.issuers.first(where: { $0.keys == .local })?.audience,
            let user = try await users.list().first(where: { !$0.isDisabled }),
            let token = try? issuer.token(for: user, agent: "examination", audience: audience, at: now)
        else { return }
        // Without one that is accepted, refusals would show nothing.
        guard await isAccepted(token) else { return }
        let openings = ["", "Bearer", "null", "undefined"]
        var open = 0
        for text in openings where await isAccepted(text) { open += 1 }
        examination.add(
            Observation(
                .reach, open == 0 ? 1 : 0, .configuration,
                "the authenticator refused \(openings.count - open) of \(openings.count) texts that are no token"))
        if open > 0 { examination.caps.insert(.unauthenticated) }
        let forgeries = try issuer.forgeries(of: token, for: user, audience: audience, at: now)
        var accepted: [String] = []
        for (name, forgery) in forgeries where await isAccepted(forgery) { accepted.append(name) }
        examination.add(
            Observation(
                .forgedTokens, 1 - Double(accepted.count) / Double(max(1, forgeries.count)), .probe,
                accepted.isEmpty
                    ? "\(forgeries.count) forged tokens refused, one true token accepted"
                    : "accepted: \(accepted.joined(separator: ", "))"))
        if accepted.contains("another audience") { examination.caps.insert(.audienceUnchecked) }
        if accepted.contains(where: { $0 != "another audience" }) { examination.caps.insert(.unauthenticated) }
        examination.add(
            Observation(
                .tokenLife, LocalIssuer.defaultLifetimeSeconds <= 3600 ? 1 : 0, .configuration,
                "local tokens live for \(LocalIssuer.defaultLifetimeSeconds / 60) minutes unless asked otherwise"))
    }

    /// Opens every secret once, without showing any, and looks at their ages.
    private func examineVault(_ examination: inout Examination) async throws {
        let records = try await vault.list()
        guard !records.isEmpty else { return }
        do {
            let count = try await vault.verify()
            examination.add(Observation(.sealing, 1, .probe, "\(count) secrets open under this installation's key"))
        } catch {
            examination.add(Observation(.sealing, 0, .probe, "a secret does not open"))
        }
        let now = gate.now()
        let old = records.count { $0.age(at: now) > 90 * 86_400 }
        examination.add(
            Observation(
                .rotation, 1 - Double(old) / Double(records.count), .probe,
                "\(records.count - old) of \(records.count) secrets are younger than 90 days"))
    }

    /// Looks at the latest calls for what a record must say, and at how people decided.
    private func examineJournal(_ catalogue: Catalogue, _ records: Records, _ examination: inout Examination) {
        examination.add(
            Observation(
                .durability, 1, .probe,
                "opened with a write-ahead log that is synchronised at every commit, and read back"))
        let made = records.calls.values.filter { events in
            events.contains { $0["event"] == "admitted" } && events.contains { $0["event"] == "opened" }
        }
        guard made.count >= 100 else { return }
        let sample = records.isPartial ? "the latest \(made.count)" : "\(made.count)"
        let complete = made.count { events in
            let opened = events.first { $0["event"] == "opened" }
            return events.contains { $0["event"] == "decided" }
                && ["user", "agent", "tool", "definition", "digest"].allSatisfy { opened?[$0]?.string != nil }
        }
        examination.add(
            Observation(
                .completeness, Double(complete) / Double(made.count), .audit,
                "\(complete) of \(sample) calls in \(records.days) days say who, what and by which decision"))
        let used = Set(made.flatMap { $0.compactMap { $0["tool"]?.string } })
        let granted = catalogue.tools
        let inUse = granted.count { used.contains($0.name) }
        examination.add(
            Observation(
                .usedOfGranted, Double(inUse) / Double(max(1, granted.count)), .audit,
                "\(inUse) of \(granted.count) tools were called among \(sample) calls in \(records.days) days"))
        if let oversight = oversight(records) { examination.add(oversight) }
    }

    /// Whether people look before they approve: time to decide, share of yes, load of the busiest.
    ///
    /// - Returns: nil for fewer than ten decisions, which show nothing.
    private func oversight(_ records: Records) -> Observation? {
        let decisions = records.decisions
        guard decisions.count >= 10 else { return nil }
        let median = decisions.map(\.seconds).sorted()[decisions.count / 2]
        let yes = 100 * decisions.count(where: \.isYes) / decisions.count
        let busiest = Dictionary(grouping: decisions) { "\($0.by) \($0.at.date)" }.values.map(\.count).max() ?? 0
        let met = [median >= 5, yes <= 95, busiest <= 50].count { $0 }
        return Observation(
            .oversightQuality, Double(met) / 3, .audit,
            "\(decisions.count) decisions: half within \(median) s (5 or more wanted), \(yes) % a yes (95 or fewer), the "
                + "busiest person decided \(busiest) on one day (50 or fewer)")
    }
}
