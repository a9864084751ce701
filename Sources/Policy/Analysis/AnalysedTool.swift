package import JSON

/// A tool as an analysis looks at it.
package struct AnalysedTool: Sendable {
    package var facts: ToolFacts
    /// Arguments that its schema most likely takes. Those that matter are put into them.
    package var sample: JSONObject
    /// Values that the schema names for a place, which are tried where it takes none of those that are made up.
    package var candidates: @Sendable (JSONPointer) -> [JSONValue]
    /// Whether a call of it can come with these facts: what its schema takes, and what it fills in by itself.
    package var accepts: @Sendable (Facts) -> Bool

    package init(
        _ facts: ToolFacts, sample: JSONObject = [:],
        candidates: @escaping @Sendable (JSONPointer) -> [JSONValue] = { _ in [] },
        accepts: @escaping @Sendable (Facts) -> Bool = { _ in true }
    ) {
        self.facts = facts
        self.sample = sample
        self.candidates = candidates
        self.accepts = accepts
    }
}
