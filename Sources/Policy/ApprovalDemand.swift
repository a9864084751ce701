/// Whose yes a call takes, how it may be given, and for how long it counts.
package struct ApprovalDemand: Sendable, Hashable {
    /// So many different people who hold one of these roles.
    package struct Seat: Sendable, Hashable {
        package var roles: Set<String>
        package var count: Int

        package init(_ roles: Set<String>, count: Int = 1) {
            self.roles = roles
            self.count = count
        }
    }

    /// Who may sit on any seat as well, once the call has waited for a time.
    package struct Escalation: Sendable, Hashable {
        /// Seconds from the proposal.
        package var after: Int
        package var roles: Set<String>

        package init(after: Int, roles: Set<String>) {
            self.after = after
            self.roles = roles
        }
    }

    /// What is asked of a person who approves fast.
    package struct Haste: Sendable, Hashable {
        package enum Remedy: Sendable, Hashable {
            /// So many seconds since their last approval.
            case pause(Int)
            /// They type which call they mean.
            case typed
            /// Somebody else approves as well.
            case second
        }

        /// From so many approvals in so many seconds on, counted over all calls.
        package var approvals: Int
        package var seconds: Int
        package var remedy: Remedy

        package init(approvals: Int, seconds: Int, remedy: Remedy) {
            self.approvals = approvals
            self.seconds = seconds
            self.remedy = remedy
        }
    }

    /// All of them are filled by different people. Empty where the acting user confirms.
    package var seats: [Seat]
    /// Whether the acting user confirms what their agent asks for, and nobody else is needed.
    package var isConfirmation: Bool
    /// Whether the acting user may confirm in a form that their own client shows, which a client could fill in by itself.
    /// Else they sign in for it.
    package var acceptsForm = false
    /// Whether the call runs as soon as it is approved, though nobody waits for it.
    package var runsOnApproval = false
    /// Seconds from the proposal until it expires.
    package var expiresAfter: Int
    /// Seconds after the outcome in which the same call gets that outcome instead of a new run.
    package var repeatWindow: Int
    package var escalation: Escalation?
    /// Whoever holds one of these may approve alone, with a reason, and others are alarmed.
    package var breakGlass: Set<String>
    package var haste: Haste?

    package init(
        seats: [Seat], isConfirmation: Bool = false, expiresAfter: Int = 3600, repeatWindow: Int = 600,
        escalation: Escalation? = nil, breakGlass: Set<String> = [], haste: Haste? = nil
    ) {
        self.seats = seats
        self.isConfirmation = isConfirmation
        self.expiresAfter = expiresAfter
        self.repeatWindow = repeatWindow
        self.escalation = escalation
        self.breakGlass = breakGlass
        self.haste = haste
    }

    /// The roles of all seats.
    package var roles: Set<String> {
        seats.reduce(into: []) { $0.formUnion($1.roles) }
    }

    /// One person with one of these roles.
    package init(roles: Set<String> = ["approver"], expiresAfter: Int = 3600, repeatWindow: Int = 600) {
        self.init(seats: [Seat(roles)], expiresAfter: expiresAfter, repeatWindow: repeatWindow)
    }
}
