import JSON
import Settings

extension ConfigurationDifference {
    /// A line for what no rule tells of; none where there is nothing.
    func lines(all: Bool) -> [String] {
        var lines: [String] = []
        if !sections.isEmpty {
            lines.append("other sections differ, and were not compared: \(sections.joined(separator: ", "))")
        }
        if !tools.isEmpty {
            let words = tools.map { "\($0.name) (\($0.parts.map(\.rawValue).joined(separator: ", ")))" }
            lines.append(
                "tools are others, and what a call does was not compared: \(shown(names: words, most: all ? .max : 8))")
        }
        return lines
    }

    var json: JSONObject {
        [
            "other_sections": .array(sections.map { .string($0) }),
            "other_tools": .array(
                tools.map {
                    ["tool": .string($0.name), "differs_in": .array($0.parts.map { .string($0.rawValue) })]
                }),
        ]
    }
}
