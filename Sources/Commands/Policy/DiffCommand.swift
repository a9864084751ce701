import ArgumentParser
import Core
import JSON
import Policy
import Settings

extension PolicyCommand {
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What becomes allowed, asked or denied under another policy, with a call for each change.",
            discussion: """
                Needs no log. Every call that rules can tell apart is tried, up to --limit of a tool; where that is not enough, the \
                answer says of which tools. Rules of the new policy that never decide anything are named. A file with a 'policy' \
                section alone takes the rest from the other file, or else from --config.

                Only rules are compared, and what they know of tools. Other sections of the file that differ are named, and so are \
                tools whose definition, scope or source is another: what a call of these does is not judged.

                With --exit-code the status is 1 where something becomes possible, or possible for less, 2 where nothing was found \
                but not everything was tried, or such a tool is another, and 0 otherwise.
                """)

        @Argument(help: "The present configuration.")
        var old: String
        @Argument(help: "The proposed configuration.")
        var new: String
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var sweep: SweepOptions
        @Flag(help: "End with a status that tells whether something becomes wider.")
        var exitCode = false
        @Flag(help: "Show changes that only arguments show which no schema takes, and all names.")
        var all = false
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let before = try loadProposed(old, on: options.config)
            let after = try loadProposed(new, on: hasOnlyPolicy(new) && !hasOnlyPolicy(old) ? old : options.config)
            let catalogue = Catalogue(after.tools)
            let pairs = ToolPair.all(Catalogue(before.tools), catalogue)
            let difference = compare(before.policy, after.policy, pairs, limit: sweep.limit)
            let rest = ConfigurationDifference(before, after)
            let dead = findDeadRules(after.policy, catalogue.tools.map { AnalysedTool($0) }, limit: sweep.limit)
            if json {
                var object = difference.json.object ?? [:]
                object["dead_rules"] = .array(dead.rules.map(\.json))
                for member in rest.json { object[member.key] = member.value }
                show(json: .object(object))
            } else {
                for line in difference.lines(all: all) + rest.lines(all: all) { show(clean(line, limit: 4000)) }
                for rule in dead.rules { show(clean("dead rule '\(rule.id)': \(rule.words)", limit: 1000)) }
                if dead.rules.count > 1 { show("Each of these is dead while the others stand.") }
            }
            guard exitCode else { return }
            if difference.isWider { throw ExitCode(1) }
            if !difference.isExhaustive || !rest.tools.isEmpty { throw ExitCode(2) }
        }
    }

    /// How much is tried.
    struct SweepOptions: ParsableArguments {
        @Option(help: "How many calls of each tool are tried at most.")
        var limit = 20_000

        func validate() throws {
            guard (1...10_000_000).contains(limit) else { throw ValidationError("--limit goes from 1 to 10000000") }
        }
    }
}
