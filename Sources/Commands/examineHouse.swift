import Core
import Engine
import Foundation
import Identity
import JSON
import Logging
import Report
import Settings
import Store
import Vault

extension House {
    /// Tries the parts of the house itself: tokens, vault and journal. Changes nothing and shows no secret.
    func examine(
        _ configuration: Configuration, _ catalogue: Catalogue, _ records: Records, _ register: Register, isNews: Bool
    ) async throws -> Examination {
        var examination = Examination()
        do {
            let tried = try await probe(configuration, catalogue, logger: logger, background.checkGoesOn)
            examination.observations += tried.observations
            examination.caps.formUnion(tried.caps)
        } catch let ended as CancellationError {
            throw ended
        } catch {
            // What could not be tried is unknown, which is worth nothing.
            examination.isPartial = true
            logger.error("the twin could not be tried", metadata: ["cause": "\(error)"])
        }
        try await examineVault(&examination)
        try examinePins(configuration, catalogue, register, isNews: isNews, &examination)
        try examineTexts(configuration, records, &examination)
        try background.checkGoesOn()
        examineJournal(catalogue, records, &examination)
        try await examineLog(configuration, &examination)
        return examination
    }

    /// Compares every tool that can be reached with its pin, and sees whether another definition of it would be held back.
    private func examinePins(
        _ configuration: Configuration, _ catalogue: Catalogue, _ register: Register, isNews: Bool,
        _ examination: inout Examination
    ) throws {
        let tools = catalogue.tools
        let pinned = try tools.filter { tool in
            try background.checkGoesOn()
            guard let pin = register.pins[tool.key], pin.isExposed, pin.mark == Pin(tool).mark else { return false }
            var other = pin
            other.declaration.texts = Digest(of: Array("something else".utf8))
            let changed = Register([RegisterEvent(.pinned([other]), at: gate.now())])
            return Report.compareTools([tool], with: changed, file: "").suspended == [tool.key]
        }
        examination.add(
            Observation(
                .pinned, Double(pinned.count) / Double(max(1, tools.count)), .probe,
                "\(pinned.count) of \(tools.count) tools are as they were pinned, and would be held back if their source "
                    + "declared something else"))
        let unlisted = configuration.tools.count { !$0.isListed }
        examination.add(
            Observation(
                .inventory, isNews ? 0 : unlisted > 0 ? 0.5 : 1, .configuration,
                isNews
                    ? "a source cannot be read, or has operations that nobody decided on"
                    : unlisted > 0
                        ? "\(unlisted) of \(configuration.tools.count) operations are not listed; they are never"
                        : "every operation of every source is listed"))
    }

    /// Looks for texts with the form of a secret in what was recorded, in the documents and in what agents are shown.
    private func examineTexts(
        _ configuration: Configuration, _ records: Records, _ examination: inout Examination
    ) throws {
        try background.checkGoesOn()
        var searched = searched.value
        searched.search(records.entries)
        try background.checkGoesOn()
        self.searched.replace(with: searched)
        var found = searched.found
        for source in configuration.sources { found += source.secretShapes.map { "\($0) in \(source.name)" } }
        for tool in configuration.tools {
            try background.checkGoesOn()
            for shape in findTokenShapes(in: tool.listed.bytes.span) { found.append("\(shape.name) in '\(tool.name)'") }
        }
        examination.add(
            Observation(
                .secretsInTheClear, found.isEmpty ? 1 : 0, .probe,
                found.isEmpty
                    ? "\(records.entries.count) entries of the log, \(configuration.sources.count) documents and the texts "
                        + "of \(configuration.tools.count) tools hold nothing with the form of a secret"
                    : "with the form of a secret: \(Set(found).sorted().prefix(3).joined(separator: ", "))"))
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

/// How far the journal was searched for texts with the form of a secret. Each entry is searched once.
struct Searched {
    private(set) var found: [String] = []
    private var position = 0

    /// - Parameter entries: newest first.
    mutating func search(_ entries: [Entry]) {
        for entry in entries.prefix(while: { $0.position > position }) {
            for body in entry.body {
                for shape in findTokenShapes(in: body.bytes.span) where found.count < 100 {
                    found.append("\(shape.name) in entry \(entry.position)")
                }
            }
        }
        position = max(position, entries.first?.position ?? 0)
    }
}
