import JSON
import Risk
import Settings

/// Judges the tool that one line of JSON describes.
func classifyLine(_ line: [UInt8]) throws(LineFlaw) -> JSONValue {
    let value: JSONValue
    do throws(JSONSyntaxError) {
        value = try JSONParser.parse(line)
    } catch {
        throw LineFlaw(message: "\(error.message), at byte \(error.offset + 1)")
    }
    guard let tool = value.object else { throw LineFlaw(message: "the line is no JSON object") }
    let risk = try classify(RiskSubject(line: tool))
    var answer = JSONObject()
    answer.append("id", tool["id"] ?? .null)
    answer.append("level", .string(risk.level.rawValue))
    answer.append("categories", .array(risk.categories.sorted().map { .string($0.rawValue) }))
    answer.append("effect", .string(risk.effect.rawValue))
    answer.append("bucket", .string(risk.suggestedBucket.rawValue))
    answer.append("confidence", .string(risk.confidence.rawValue))
    answer.append("evidence", .array(risk.reasons.map { .string($0.description) }))
    if !risk.contradictions.isEmpty {
        answer.append(
            "contradictions",
            .array(risk.contradictions.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] }))
    }
    return .object(answer)
}

extension RiskSubject {
    /// The tool that a line describes.
    fileprivate init(line tool: JSONObject) throws(LineFlaw) {
        let name = try tool.text("name")
        let path = try tool.text("path")
        guard name != nil || path != nil else { throw LineFlaw(message: "the tool has neither a 'name' nor a 'path'") }
        let input = try tool.schema("inputSchema")
        let schema = try tool.schema("schema")
        self.init(
            name: name ?? "", title: try tool.text("title") ?? "", service: try tool.text("service") ?? "",
            method: try tool.text("method")?.uppercased(), path: path,
            description: try tool.text("description") ?? "", tags: try tool.texts("tags"),
            fields: Field.fields(of: input ?? schema ?? .null),
            answerFields: Field.fields(of: try tool.schema("outputSchema") ?? .null),
            securityScopes: try tool.texts("scopes"))
        guard let hints = tool["annotations"], hints != .null else { return }
        guard let hints = hints.object else { throw LineFlaw(message: "'annotations' is no object") }
        annotations = Annotations(
            readOnly: try hints.flag("readOnlyHint"), destructive: try hints.flag("destructiveHint"),
            idempotent: try hints.flag("idempotentHint"), openWorld: try hints.flag("openWorldHint"))
    }
}

extension JSONObject {
    /// A member that is a string; nil when it is absent or null.
    fileprivate func text(_ key: String) throws(LineFlaw) -> String? {
        guard let value = self[key], value != .null else { return nil }
        guard let text = value.string else { throw LineFlaw(message: "'\(key)' is no string") }
        return text
    }

    fileprivate func texts(_ key: String) throws(LineFlaw) -> [String] {
        guard let value = self[key], value != .null else { return [] }
        guard let array = value.array else { throw LineFlaw(message: "'\(key)' is no list") }
        return array.compactMap(\.string)
    }

    fileprivate func flag(_ key: String) throws(LineFlaw) -> Bool? {
        guard let value = self[key], value != .null else { return nil }
        guard let flag = value.bool else { throw LineFlaw(message: "'\(key)' is neither true nor false") }
        return flag
    }

    /// A schema; true and false say nothing about fields.
    fileprivate func schema(_ key: String) throws(LineFlaw) -> JSONValue? {
        guard let value = self[key], value != .null else { return nil }
        guard value.object != nil || value.bool != nil else { throw LineFlaw(message: "'\(key)' is no schema") }
        return value
    }
}
