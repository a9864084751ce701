import JSON

/// What came of a restoring.
struct Restored {
    /// Entries that the log's newest checkpoint holds.
    var entries = 0
    /// Entries that no checkpoint holds.
    var unsealed = 0
    /// How many entries newer checkpoints speak of that are not there.
    var lost = 0
    /// Calls that waited or were approved, and have ended.
    var voided = 0
    /// What serving still takes.
    var missing: [String] = []

    var json: JSONValue {
        [
            "entries": JSONValue(entries), "unsealed": JSONValue(unsealed), "lost": JSONValue(lost),
            "voided": JSONValue(voided),
            "missing": .array(missing.map { .string($0) }),
        ]
    }
}
