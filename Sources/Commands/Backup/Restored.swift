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
    /// Delegations that were in force, and have ended.
    var delegations = 0
    /// Whether the log's key was given; else the one in the backup was believed.
    var isKeyGiven = false
    /// What serving still takes.
    var missing: [String] = []

    var json: JSONValue {
        [
            "entries": JSONValue(entries), "unsealed": JSONValue(unsealed), "lost": JSONValue(lost),
            "voided": JSONValue(voided), "delegations": JSONValue(delegations),
            "key": isKeyGiven ? "given" : "of-the-backup",
            "missing": .array(missing.map { .string($0) }),
        ]
    }
}
