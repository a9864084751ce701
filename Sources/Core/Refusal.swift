/// An expected no, in two voices: a stable code and a sentence for the agent, the cause for the log.
package struct Refusal: Error, Sendable, Hashable {
    /// Stable codes. One file maps them to the protocol.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case unknownTool = "unknown-tool"
        case invalidArguments = "invalid-arguments"
        case identityArgument = "identity-argument"
        case missingIdentity = "missing-identity"
        case denied
        case rejected
        case expired
        case withdrawn
        case missingCredential = "missing-credential"
        case sourceRefused = "source-refused"
        case sourceUnavailable = "source-unavailable"
        case answerWithheld = "answer-withheld"
        case outcomeUnknown = "outcome-unknown"
        case notRecorded = "not-recorded"
        case cancelled
        case busy
        /// As many calls of this principal wait for a person as may.
        case tooManyWaiting = "too-many-waiting"
        /// More calls in a time than a rate allows.
        case rateLimited = "rate-limited"
        /// An operator stopped this agent, user, tool or source, or everything.
        case stopped
        /// Somebody approves faster than they can read.
        case tooFast = "too-fast"
        /// Whoever approves has to type which call they mean.
        case confirmationNeeded = "confirmation-needed"
        /// A ceiling on effects would be passed.
        case overBudget = "over-budget"
        /// The source failed too often; it is left alone for a while.
        case sourceResting = "source-resting"
        /// The record is not what the approver saw any more.
        case recordChanged = "record-changed"
        /// A fact that a rule demands is not there.
        case preconditionFailed = "precondition-failed"
        case internalFault = "internal-fault"
    }

    package let code: Code
    /// One or two sentences the agent can act on. Holds nothing that a source, a database or a parser said.
    package let message: String
    /// For the log only.
    package let cause: String?

    package init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}
