import Core
import Engine
import JSON
import Report

/// Entries of the journal, newest first, as a report looks at them.
struct Records {
    let entries: [Entry]
    let days: Int
    /// Whether there is more than this.
    let isPartial: Bool

    /// The events of each call, in their order.
    ///
    /// What waited for a person has its opening in an earlier entry than its admission: calls are put together first.
    var calls: [CallID: [JSONValue]] {
        var calls: [CallID: [JSONValue]] = [:]
        for entry in entries.reversed() {
            if let call = entry.call, entry.body.first?["event"] != nil { calls[call, default: []] += entry.body }
        }
        return calls
    }

    /// How often what was recorded.
    var activity: GatewayReport.Activity {
        var counts: [String: Int] = [:]
        for event in entries.flatMap(\.body) {
            let outcome = event["outcome"]?.string.map { " (\($0))" } ?? ""
            guard let what = event["event"]?.string ?? event["act"]?.string else { continue }
            counts[what + outcome, default: 0] += 1
        }
        return GatewayReport.Activity(
            days: days, counts: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) },
            isPartial: isPartial)
    }

    /// What people were asked, and how they decided.
    func approvals(waiting: Int) -> GatewayReport.Approvals {
        func count(_ event: String) -> Int {
            entries.reduce(0) { $0 + $1.body.count { $0["event"]?.string == event } }
        }
        let times = decisions.map(\.seconds).sorted()
        return GatewayReport.Approvals(
            days: days, proposed: count("proposed"), approved: decisions.count(where: \.isYes),
            rejected: decisions.count { !$0.isYes }, expired: count("expired"), waiting: waiting,
            medianSeconds: times.isEmpty ? nil : times[times.count / 2])
    }

    struct Decision {
        var by: String
        var isYes: Bool
        var at: Timestamp
        /// From the proposal to the decision.
        var seconds: Int
        /// Why it was asked.
        var rules: [String]
    }

    var decisions: [Decision] {
        calls.values.flatMap { events -> [Decision] in
            guard let proposed = events.last(where: { $0["event"]?.string == "proposed" })?["at"]?.int else {
                return []
            }
            let rules = events.first { $0["event"]?.string == "decided" }?["because"]?.array?.compactMap(\.string) ?? []
            return events.compactMap { event in
                guard let kind = event["event"]?.string, kind == "approved" || kind == "rejected",
                    let at = event["at"]?.int, let by = event["by"]?.string
                else { return nil }
                return Decision(
                    by: by, isYes: kind == "approved", at: Timestamp(microseconds: Int64(at)),
                    seconds: max(0, (at - proposed) / 1_000_000), rules: rules)
            }
        }
    }
}

extension Records {
    /// How somebody, or everybody under a rule, decides.
    struct Pace: Equatable {
        var name: String
        var decided: Int
        var approved: Int
        /// The half of the decisions came in at most this time.
        var medianSeconds: Int
        /// The shortest time between two approvals; nil with fewer than two.
        var shortestGap: Int?
    }

    var paceByPerson: [Pace] { paces { [$0.by] } }
    var paceByRule: [Pace] { paces(\.rules) }

    private func paces(_ names: (Decision) -> [String]) -> [Pace] {
        var groups: [String: [Decision]] = [:]
        for decision in decisions { for name in names(decision) { groups[name, default: []].append(decision) } }
        return groups.map { name, decisions in
            let seconds = decisions.map(\.seconds).sorted()
            let moments = decisions.filter(\.isYes).map(\.at.seconds).sorted()
            return Pace(
                name: name, decided: decisions.count, approved: decisions.count(where: \.isYes),
                medianSeconds: seconds[seconds.count / 2],
                shortestGap: zip(moments.dropFirst(), moments).map { $0 - $1 }.min())
        }.sorted { ($1.decided, $0.name) < ($0.decided, $1.name) }
    }
}
