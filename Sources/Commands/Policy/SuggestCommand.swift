import ArgumentParser
import Core
import JSON
import Policy
import Settings
import Store

extension PolicyCommand {
    struct Suggest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The narrowest policy that still permits the calls that were seen, for a review.",
            discussion: """
                Calls count that the present policy permits and that succeeded, or were approved. Each is permitted by tool, agent and \
                role, or user where there is no role, as it is now, with numbers that a rule reads between the least and the most that \
                was seen. It is tried on every one of these calls and compared with the present policy before it is printed: it never \
                permits more. What it takes away stands above it.

                Put it in place of the 'policy' section, or look at it first with 'policy diff' and 'policy replay'. Reads beside a \
                running server, and is an entry of the journal itself.
                """)

        @Option(help: "Only calls that are younger than this, such as 12h or 30d.")
        var since: String?
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var sweep: SweepOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let since = try moment(since: since)
            let configuration = try loadOrExplain(options.config)
            _ = try await administer(
                options, "policy-suggest", ["since": since.map { .string($0.description) } ?? .null])
            let catalogue = Catalogue(configuration.tools)
            let calls = RecordedCalls(log: LogReader(try openJournal(options)), since: since)
            let seen = try await SeenCalls.read(calls, configuration.policy, catalogue)
            let tools = catalogue.tools.map { AnalysedTool($0) }
            let suggestion = suggest(configuration.policy, seen, tools, limit: sweep.limit)
            let difference = compare(
                configuration.policy, suggestion.policy, ToolPair.all(catalogue, catalogue), limit: sweep.limit)
            // Known by how it is made; what is printed is looked at all the same.
            guard !difference.isWider else {
                throw CommandError("the suggestion would permit more than the present policy, so it is not shown")
            }
            let text = policySection(suggestion.policy)
            if json {
                show(json: [
                    "policy": .string(text), "difference": difference.json, "seen": JSONValue(seen.values.reduce(0, +)),
                    "kept": .array(suggestion.keptTools.sorted().map { .string($0) }),
                    "denied_now": JSONValue(suggestion.deniedCalls), "cannot_tell": JSONValue(suggestion.untoldCalls),
                    "missing_tools": JSONValue(suggestion.missingCalls),
                ])
                return
            }
            for line in comments(suggestion, seen.values.reduce(0, +), difference) {
                show(clean("# \(line)", limit: 4000))
            }
            for line in text.split(separator: "\n") { show(String(line)) }
        }

        private func comments(_ suggestion: Suggestion, _ count: Int, _ difference: PolicyDifference) -> [String] {
            var lines = [
                "From \(count) calls\(since.map { " of the last \($0)" } ?? ""). Against the present policy this is what it takes away:"
            ]
            lines += difference.lines(all: false)
            if suggestion.deniedCalls > 0 {
                lines.append("\(suggestion.deniedCalls) calls were left out: the present policy denies them.")
            }
            if suggestion.missingCalls > 0 {
                lines.append("\(suggestion.missingCalls) calls were left out: their tools are none any more.")
            }
            if suggestion.untoldCalls > 0 {
                lines.append("Of \(suggestion.untoldCalls) calls the record lost what a rule reads.")
            }
            if !suggestion.keptTools.isEmpty {
                lines.append("The present rules stay for: \(shown(names: suggestion.keptTools.sorted(), most: 100))")
            }
            return lines + ["Tests of the present policy are not taken along."]
        }
    }
}
