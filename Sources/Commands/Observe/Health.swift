import Core
import JSON

/// Which parts work that calls need. Says nothing of why one does not: that is in the log.
struct Health: Sendable, Hashable {
    /// Whether something can be written.
    var journal: Bool
    /// Whether what is written gets sealed.
    var log: Bool
    /// Whether a configuration is in force, and agents can connect.
    var snapshot: Bool
    /// Whether it goes on: false once the process has been told to end.
    var serving: Bool

    var isReady: Bool { journal && log && snapshot && serving }

    var json: JSONValue {
        [
            "ready": .bool(isReady),
            "parts": [
                "journal": .string(Self.word(journal)), "log": .string(Self.word(log)),
                "snapshot": .string(Self.word(snapshot)), "serving": .string(Self.word(serving)),
            ],
        ]
    }

    private static func word(_ works: Bool) -> String { works ? "ok" : "failed" }
}
