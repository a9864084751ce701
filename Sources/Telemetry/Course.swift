package import Core
package import Policy
package import Risk

/// What became of one request for a tool, and how long it took: what figures and traces are made of.
///
/// It has no field for arguments, for what a source said, for users or for names that a client chose.
package struct Course: Sendable {
    /// What it came to.
    package enum End: String, Sendable, Hashable, CaseIterable {
        /// As the source's outcome is (``Outcome/Kind``).
        case result, refusal, failure, unknown
        /// The outcome of an earlier call was told.
        case earlier
        /// It waits for a person.
        case pending
        /// It was not made.
        case refused
    }

    /// A part of the way.
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// From the request to the decision.
        case decide
        /// Until the request is built and the credential is there.
        case prepare
        /// Approval, facts that rules demand, what an undo needs.
        case approve
        /// Until the intent is durable.
        case admit
        /// The source.
        case dispatch
        /// Until the outcome is recorded.
        case settle
    }

    /// A tool of the catalogue.
    package struct Target: Sendable, Hashable {
        package let tool: String
        package let source: String
        package let bucket: Bucket

        package init(tool: String, source: String, bucket: Bucket) {
            self.tool = tool
            self.source = source
            self.bucket = bucket
        }
    }

    package let start: Timestamp
    /// When each stage that it went through ended, in this order.
    package var ends: [(stage: Stage, at: Timestamp)] = []
    package var end: Timestamp
    /// Nil where it named none that it may know of.
    package var target: Target?
    package var effect: Effect?
    package var outcome: End
    package var code: Refusal.Code?
    /// The source's status code.
    package var status: Int?
    package var call: CallID?
    package var trace: Trace?

    package init(start: Timestamp, end: Timestamp, outcome: End) {
        self.start = start
        self.end = end
        self.outcome = outcome
    }

    /// Each stage with its time in microseconds; a clock that was set back makes none negative.
    package var stages: [(stage: Stage, microseconds: Int64)] {
        var before = start
        return ends.map { stage, at in
            defer { before = at }
            return (stage, max(0, at.microseconds.subtractingReportingOverflow(before.microseconds).partialValue))
        }
    }

    /// The whole, in microseconds.
    package var microseconds: Int64 {
        max(0, end.microseconds.subtractingReportingOverflow(start.microseconds).partialValue)
    }
}
