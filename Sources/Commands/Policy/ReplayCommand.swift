import ArgumentParser
import Core
import Evidence
import JSON
import Policy
import Settings
import Store

extension PolicyCommand {
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a proposed policy would have made of the calls that were recorded.",
            discussion: """
                Decisions only: nothing is sent anywhere. Who called, with which arguments and when is from the journal; what a tool \
                is (bucket, level, categories, tags) is from the proposed configuration. Where a rule reads an argument that the \
                record lost, because it was secret or personal, the answer is that it cannot be told. So it is where a fact was \
                demanded that has the same id now, since the record has no more of it: but for decisions of the policy that \
                --config has, or of the proposed one.

                Reads beside a running server, and is an entry of the journal itself. With --exit-code the status is 1 where a call \
                would have been permitted that was not, or for less, 2 where that cannot be told of some, and 0 otherwise.
                """)

        @Option(help: "The proposed configuration, or a file with a 'policy' section alone.")
        var policy: String
        @Option(help: "Only calls that are younger than this, such as 12h or 30d.")
        var since: String?
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "End with a status that tells whether something becomes wider.")
        var exitCode = false
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let since = try moment(since: since)
            let proposed = try loadProposed(policy, on: options.config)
            let present = try loadOrExplain(options.config).policy
            _ = try await administer(
                options, "policy-replay",
                [
                    "policy": .string(proposed.policy.version),
                    "since": since.map { .string($0.description) } ?? .null,
                ])
            let calls = RecordedCalls(log: LogReader(try openJournal(options)), since: since)
            let result = try await replay(proposed.policy, Catalogue(proposed.tools), calls, knowing: [present])
            if json { show(json: result.json) } else { for line in result.lines { show(clean(line, limit: 4000)) } }
            guard exitCode else { return }
            if result.replay.turns.keys.contains(where: \.isWider) { throw ExitCode(1) }
            if result.replay.untold.count > 0 || result.unread > 0 { throw ExitCode(2) }
        }
    }
}

/// A replay with what of the journal had nothing to decide on.
struct ReplayResult {
    var replay: PolicyReplay
    /// Requests that were refused before there was a call to decide on, such as of unknown tools.
    var refused = 0
    /// Denied calls of which only the number was kept.
    var folded = 0
    /// Entries that could not be read.
    var unread = 0
}

/// Runs recorded calls through a policy.
///
/// - Parameter others: further policies; what facts are demanded is known of decisions by one of them and by the policy itself.
func replay(
    _ policy: Policy, _ catalogue: Catalogue, _ calls: RecordedCalls, knowing others: [Policy] = []
) async throws -> ReplayResult {
    // A policy that has no digest has no version that could tell it from others.
    let facts = Dictionary(
        ([policy] + others).filter { !$0.version.isEmpty }.map { ($0.version, $0.rules.flatMap(\.requirements)) }
    ) { first, _ in first }
    var result = ReplayResult(replay: PolicyReplay(policy, catalogue.tools.map(\.facts)))
    var undecided = 0
    let damaged = try await calls.walk { row, body in
        switch row.act {
        case "call-refused": result.refused += 1
        case "calls-refused": result.folded += body.first?["details"]?["times"]?.int ?? 1
        default: break
        }
        // A call's first entry has what it was decided on.
        guard let id = row.call, row.previous == 0 else { return }
        guard let decision = RecordedDecision(body) else { return undecided += 1 }
        result.replay.add(decision.call, id: id, decided: decision.ruling.defining(facts[decision.policyVersion] ?? []))
    }
    result.unread = damaged + undecided
    return result
}
