/// What happened to an admitted call.
package struct Outcome: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The source did what was asked.
        case result
        /// The source said no; nothing happened.
        case refusal
        /// It did not happen, or the source says that it went wrong.
        case failure
        /// The request may have taken effect; nobody here can know. It is never sent again blindly.
        case unknown
    }

    package var kind: Kind
    /// The source's status code, where there was an answer.
    package var status: Int?
    /// The stable code that the agent got, where it got one.
    package var code: Refusal.Code?
    /// For the log: what went wrong in the source's or the system's own terms, bounded.
    package var cause: String?
    /// Microseconds from admission to settlement.
    package var latency: Int64
    /// Bytes of the answer before shaping.
    package var bytes: Int
    /// The identities of records that it touched, as the source names them; the first fifty.
    package var records: [String]

    package init(
        kind: Kind, status: Int? = nil, code: Refusal.Code? = nil, cause: String? = nil, latency: Int64 = 0,
        bytes: Int = 0, records: [String] = []
    ) {
        self.kind = kind
        self.status = status
        self.code = code
        self.cause = cause
        self.latency = latency
        self.bytes = bytes
        self.records = records
    }
}
