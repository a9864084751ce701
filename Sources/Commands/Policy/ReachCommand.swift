import ArgumentParser
import Core
import JSON
import Policy
import Risk
import Settings

extension PolicyCommand {
    struct Reach: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether somebody can reach tools with fewer people's yes than there should be.",
            discussion: """
                'sallyport policy reach --role clerk --category financial --approvals 2' asks: can a principal with the role \
                clerk reach a financial tool without two approvals? Who is not said is anybody. The acting user's own confirmation is \
                no approval, and whoever may approve alone in an emergency is one.

                With --exit-code the status is 1 where the answer is yes, 2 where no way was found but not everything was tried, \
                and 0 otherwise. Where no tool matches nothing was asked, and the status is 2 in any case.
                """)

        @Option(
            name: .customLong("role"),
            help: "A role of the user; repeat it for more. Without one the user may have any.")
        var roles: [String] = []
        @Flag(help: "The user may have other roles besides.")
        var otherRoles = false
        @Option(help: "The user.")
        var user: String?
        @Option(help: "The agent.")
        var agent: String?
        @Option(help: "The tenant.")
        var tenant: String?
        @Option(name: .customLong("tool"), help: "A tool; repeat it for more.")
        var tools: [String] = []
        @Option(
            name: .customLong("category"),
            help: "A category: \(Risk.Category.allCases.map(\.rawValue).joined(separator: ", ")).")
        var categories: [String] = []
        @Option(
            name: .customLong("level"), help: "A level: \(Risk.Level.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var levels: [String] = []
        @Option(name: .customLong("bucket"), help: "A bucket: read or write.")
        var buckets: [String] = []
        @Option(help: "How many approvals are enough: 1 or more.")
        var approvals = 1
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var sweep: SweepOptions
        @Flag(help: "End with a status that tells the answer.")
        var exitCode = false
        @Flag(help: "Print JSON.")
        var json = false

        func validate() throws {
            guard approvals >= 1 else { throw ValidationError("--approvals is 1 or more") }
        }

        func run() async throws {
            let configuration = try loadOrExplain(options.config)
            let catalogue = Catalogue(configuration.tools)
            for name in tools where catalogue[name] == nil {
                throw CommandError(
                    "there is no tool '\(name.boundedText)' that could be called", hint: "'sallyport tools' lists them."
                )
            }
            var askers = AskerFilter()
            askers.user = user
            askers.agent = agent
            askers.tenant = tenant
            askers.roles = roles.isEmpty ? nil : Set(roles)
            askers.allowsOtherRoles = otherRoles
            let match = ToolMatch(
                names: tools.isEmpty ? nil : Set(tools), buckets: try words(buckets, Bucket.self),
                levels: try words(levels, Risk.Level.self), categories: try words(categories, Risk.Category.self))
            let answer = reach(
                ReachQuestion(askers: askers, tools: match, approvals: approvals), configuration.policy,
                catalogue.tools.map { AnalysedTool($0) }, limit: sweep.limit)
            if json { show(json: answer.json) } else { for line in answer.lines { show(clean(line, limit: 4000)) } }
            if answer.tools == 0 { throw ExitCode(2) }
            guard exitCode else { return }
            if !answer.ways.isEmpty { throw ExitCode(1) }
            if !answer.openTools.isEmpty { throw ExitCode(2) }
        }

        private func words<Word: RawRepresentable & CaseIterable & Hashable>(
            _ texts: [String], _ type: Word.Type
        ) throws -> Set<Word>? where Word.RawValue == String {
            guard !texts.isEmpty else { return nil }
            return Set(
                try texts.map { text in
                    guard let word = Word(rawValue: text) else {
                        throw CommandError(
                            "'\(text.boundedText)' is not known",
                            hint: "One of: \(Word.allCases.map(\.rawValue).joined(separator: ", ")).")
                    }
                    return word
                })
        }
    }
}

extension PolicyReach {
    var lines: [String] {
        guard tools > 0 else { return ["no tool matches: nothing was asked"] }
        let word = !ways.isEmpty ? "yes" : openTools.isEmpty ? "no" : "cannot be told"
        var lines = ["\(word): \(ways.count) of \(tools) tools"]
        for way in ways {
            lines.append("\(way.call.tool): \(way.ruling.words), by \(shown(rules: way.rules))")
            lines.append("    example  \(way.call.words)")
        }
        if !openTools.isEmpty { lines.append("not everything was tried of: \(shown(names: openTools.sorted()))") }
        return lines
    }

    var json: JSONValue {
        [
            "answer": tools == 0
                ? "no-tool" : ways.isEmpty ? (openTools.isEmpty ? "no" : "unknown") : "yes", "tools": JSONValue(tools),
            "not_tried": .array(openTools.sorted().map { .string($0) }),
            "ways": .array(
                ways.map {
                    ["call": $0.call.json, "ruling": $0.ruling.json, "rules": .array($0.rules.map { .string($0) })]
                }),
        ]
    }
}
