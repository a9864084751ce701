package import JSON

/// Classes of what is recorded, which are kept for different times.
package enum RecordClass: String, Sendable, Hashable, CaseIterable {
    /// Calls of tools that read.
    case reads
    /// Calls of tools that change something.
    case writes
    /// Calls and requests that were refused.
    case refused
    /// Who signed in, and who looked at what.
    case access

    /// The class of a call by its first entry.
    ///
    /// - Returns: nil for what is never pruned.
    package init?(opening body: JSONValue) {
        var isRead = false
        var isDenied = false
        for event in body.array ?? [] {
            if event["event"] == "opened" { isRead = event["bucket"] == "read" }
            if event["event"] == "decided" { isDenied = event["effect"] == "deny" }
        }
        self = isDenied ? .refused : isRead ? .reads : .writes
    }

    /// The class of an act. Acts that say how things are now, such as stops or reviews, are never pruned.
    package init?(act: String) {
        switch act {
        case "call-refused", "calls-refused", "sign-in-refused", "decision-refused", "wish-refused": self = .refused
        case "signed-in", "audit-read", "audit-exported", "report-read", "receipt-made", "policy-replayed",
            "policy-suggested", "incident-gathered", "incident-signed":
            self = .access
        default: return nil
        }
    }
}

/// For how long each class is kept, in seconds; what is not named is kept for ever.
package struct Retention: Sendable, Hashable {
    package var seconds: [RecordClass: Int]

    package init(_ seconds: [RecordClass: Int] = [:]) {
        self.seconds = seconds
    }
}
