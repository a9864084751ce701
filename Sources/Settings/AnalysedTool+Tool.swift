package import Core
import JSON
import JSONSchema
package import Policy

extension AnalysedTool {
    /// A tool with what its schema tells of the arguments that it takes.
    package init(_ tool: Tool) {
        self.init(
            tool.facts, sample: sampleValue(of: tool.inputSchema, text: "text")?.object ?? [:],
            candidates: { pointer in namedValues(at: pointer, in: tool.inputSchema) },
            accepts: { facts in canCome(facts, to: tool) })
    }
}

extension ToolPair {
    /// The tools of two catalogues by name, each with what either says of it.
    package static func all(_ old: Catalogue, _ new: Catalogue) -> [ToolPair] {
        let names = Set(old.tools.map(\.name)).union(new.tools.map(\.name)).sorted()
        return names.compactMap { name in
            let (before, after) = (old[name], new[name])
            return (after ?? before).map {
                ToolPair(old: before?.facts, new: after?.facts, analysed: AnalysedTool($0))
            }
        }
    }
}

/// Whether a call of the tool can come to be decided with these facts: its schema takes the arguments, and what is filled in is
/// the caller's.
private func canCome(_ facts: Facts, to tool: Tool) -> Bool {
    guard case .known(var arguments) = facts.arguments, let schema = try? tool.arguments.compile() else { return false }
    for (name, attribute) in tool.scope.bindings {
        let own: String? =
            switch attribute {
            case .user: facts.user
            case .agent: facts.agent
            case .tenant: facts.tenant
            }
        guard let own, !own.isEmpty else { return false }
        if let given = arguments[name], given.string?.hasSameBytes(as: own) != true { return false }
        arguments[name] = nil
    }
    return schema.isValid(.object(arguments))
}

/// Values that a schema names for a place: its constants, its bounds, and one that it most likely takes.
private func namedValues(at pointer: JSONPointer, in root: JSONValue) -> [JSONValue] {
    var schema: JSONValue? = root
    for token in pointer.tokens {
        schema = resolved(schema, in: root)
        schema = schema?["properties"]?[token] ?? (Int(token) == nil ? nil : schema?["items"])
    }
    guard let schema = resolved(schema, in: root) else { return [] }
    return (schema["enum"]?.array ?? []).prefix(64) + ["const", "minimum", "maximum"].compactMap { schema[$0] }
        + (sampleValue(of: schema, text: "text").map { [$0] } ?? [])
}

private func resolved(_ schema: JSONValue?, in root: JSONValue) -> JSONValue? {
    var schema = schema
    // As many steps as a reasonable schema takes; a circle ends here as well.
    for _ in 0..<8 {
        guard let reference = schema?["$ref"]?.string else { return schema }
        guard reference.hasPrefix("#"), let pointer = JSONPointer(parsing: String(reference.dropFirst())) else {
            return nil
        }
        schema = root[pointer]
    }
    return nil
}
