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
    func examine(_ configuration: Configuration) async throws -> Examination {
        var examination = Examination()
        try await examineTokens(configuration, &examination)
        try await examineVault(&examination)
        try await examineJournal(configuration, &examination)
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

    /// Looks at the latest calls for what a record must say.
    private func examineJournal(_ configuration: Configuration, _ examination: inout Examination) async throws {
        examination.add(
            Observation(
                .durability, 1, .probe,
                "opened with a write-ahead log that is synchronised at every commit, and read back"))
        // What waited for a person has its opening in an earlier entry than its admission: calls are put together first.
        let limit = 10_000
        let entries = try await gate.journal.search(
            EntryFilter(since: gate.now().advanced(bySeconds: -30 * 86_400), limit: limit))
        var calls: [CallID: [JSONValue]] = [:]
        for entry in entries.reversed() {
            if let call = entry.call, entry.body.first?["event"] != nil { calls[call, default: []] += entry.body }
        }
        let made = calls.values.filter { events in
            events.contains { $0["event"] == "admitted" } && events.contains { $0["event"] == "opened" }
        }
        guard made.count >= 100 else { return }
        let sample = entries.count == limit ? "the latest \(made.count)" : "\(made.count)"
        let complete = made.count { events in
            let opened = events.first { $0["event"] == "opened" }
            return events.contains { $0["event"] == "decided" }
                && ["user", "agent", "tool", "definition", "digest"].allSatisfy { opened?[$0]?.string != nil }
        }
        examination.add(
            Observation(
                .completeness, Double(complete) / Double(made.count), .audit,
                "\(complete) of \(sample) calls in 30 days say who, what and by which decision"))
        let used = Set(made.flatMap { $0.compactMap { $0["tool"]?.string } })
        let granted = Catalogue(configuration.tools).tools
        let inUse = granted.count { used.contains($0.name) }
        examination.add(
            Observation(
                .usedOfGranted, Double(inUse) / Double(max(1, granted.count)), .audit,
                "\(inUse) of \(granted.count) tools were called among \(sample) calls in 30 days"))
    }
}
