import ArgumentParser
import Core
import Documents
import JSON
import Risk
import Settings

struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "The tools that the sources offer.", subcommands: [List.self, Review.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tools with risk, bucket, scope, owner and why.")

        @OptionGroup var options: ConfigurationOptions

        @Flag(help: "Print JSON.")
        var json = false

        @Flag(help: "Only tools that can be reached: not never, and with a scope.")
        var reachable = false

        func run() async throws {
            let configuration = try loadOrExplain(options.config)
            let tools = configuration.tools.filter { !reachable || ($0.bucket != .never && $0.scope.isDeclared) }
                .sorted { $0.name < $1.name }
            if json {
                show(json: .array(tools.map(\.summary)))
                return
            }
            show(
                columns: ["TOOL", "BUCKET", "RISK", "CATEGORIES", "SCOPE", "OWNER", "WHY"],
                tools.map { tool in
                    [
                        tool.name, tool.bucket.rawValue, tool.risk.level.rawValue,
                        tool.risk.categories.sorted().map(\.rawValue).joined(separator: ","), tool.scope.name,
                        tool.owner ?? "-", tool.risk.evidence.joined(separator: "; "),
                    ]
                })
        }
    }

    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that you looked at tools as they are now.",
            discussion: """
                A tool whose source declares something else than when somebody looked last cannot be reached until somebody looks \
                again. The command shows what is otherwise, then asks for the password; a change that comes in between is refused.
                """)

        @Argument(help: "Names of tools.")
        var tools: [String] = []
        @Flag(help: "All that changed.")
        var changed = false
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let reply = try await administer(
                options, "tools-changes",
                ["tools": .array(tools.map { .string($0) }), "changed": .bool(changed)])
            var seen = JSONObject()
            for tool in reply["tools"]?.array ?? [] {
                guard let key = tool["tool"]?.string, let mark = tool["mark"] else { continue }
                seen.append(key, mark)
                show(tool)
            }
            try await person.act("tools-review", ["seen": .object(seen)], options)
        }

        private func show(_ tool: JSONValue) {
            let changed = (tool["changed"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            Commands.show(
                clean("\(tool["tool"]?.string ?? ""): \(changed.isEmpty ? "as it was" : "\(changed) changed")"))
            for (key, title) in [("words", "text"), ("arguments", "arguments"), ("risk", "risk"), ("owner", "owner")] {
                let before = tool["before"]?[key]?.string
                let now = tool["now"]?[key]?.string
                if before == now {
                    if let now, !now.isEmpty { Commands.show(clean("    \(title): \(now)", limit: 800)) }
                } else {
                    Commands.show(clean("  - \(title): \(before ?? "")", limit: 800))
                    Commands.show(clean("  + \(title): \(now ?? "")", limit: 800))
                }
            }
        }
    }
}

extension Tool {
    fileprivate var summary: JSONValue {
        [
            "name": .string(name), "source": .string(source), "bucket": .string(bucket.rawValue),
            "level": .string(risk.level.rawValue),
            "categories": .array(risk.categories.sorted().map { .string($0.rawValue) }),
            "effect": .string(risk.effect.rawValue), "confidence": .string(risk.confidence.rawValue),
            "scope": .string(scope.name), "owner": owner.map { .string($0) } ?? .null,
            "evidence": .array(risk.evidence.map { .string($0) }), "definition": .string(definition.hex),
        ]
    }
}

/// The configuration, or its problems on standard error and a refusal.
func loadOrExplain(_ path: String, flaw: @escaping FileFlaw = { _ in nil }) throws -> Configuration {
    let loaded = load(path, flaw: flaw)
    guard let configuration = loaded.configuration else {
        for diagnostic in loaded.diagnostics where diagnostic.severity == .error { note(diagnostic.shown) }
        throw CommandError("the configuration has errors", hint: "'sallyport check' shows everything.")
    }
    return configuration
}
