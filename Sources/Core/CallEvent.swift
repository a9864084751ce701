package import Policy

/// One fact about a call, with its moment.
package struct CallEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case opened(Opening)
        indirect case decided(Decision)
        /// Asked of people, with what they are told.
        indirect case proposed(expires: Timestamp, change: Change? = nil)
        case approved(Verdict)
        case rejected(Verdict)
        case expired
        case withdrawn(by: String)
        /// The right to dispatch was given, once. The call's id names the operation towards the source.
        case admitted
        case settled(Outcome)
        /// What an unknown outcome turned out to be, and who found out.
        case reconciled(Outcome, by: String)
    }

    package let at: Timestamp
    package let kind: Kind

    package init(_ kind: Kind, at: Timestamp) {
        self.at = at
        self.kind = kind
    }
}
