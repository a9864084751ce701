import Core
import Evidence
import JSON
import Policy

/// Calls of the journal that people and sources said yes to, each with how often it came.
enum SeenCalls {
    static let most = 100_000

    /// - Throws: ``CommandError`` where they are too many to be held in memory.
    static func read(
        _ calls: RecordedCalls, _ policy: Policy, _ catalogue: Catalogue
    ) async throws -> [SeenCall: Int] {
        var seen: [SeenCall: Int] = [:]
        var open: [String: SeenCall] = [:]
        let rules = Dictionary(
            catalogue.tools.map { ($0.name, policy.speaking(of: $0.facts).rules) }
        ) { first, _ in first }
        try await calls.walk { row, body in
            guard let id = row.call, row.act == nil else { return }
            if row.previous == 0, let decision = RecordedDecision(body), decision.ruling.effect != .deny {
                open[id] = decision.call.reduced(to: rules[decision.call.tool] ?? [])
            }
            guard let call = open[id] else { return }
            let isSettled = body.contains { $0["event"] == "settled" }
            let isGood = body.contains { $0["event"] == "settled" && $0["outcome"] == "result" }
            if isGood || row.phase == Call.Phase.approved.rawValue {
                seen[call, default: 0] += 1
                open[id] = nil
            } else if isSettled || ["rejected", "expired", "withdrawn"].contains(row.phase) {
                open[id] = nil
            }
            guard seen.count + open.count <= most else {
                throw CommandError(
                    "more than \(most) different calls were seen", hint: "Look at less, such as with --since 7d.")
            }
        }
        return seen
    }
}
