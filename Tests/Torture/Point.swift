/// Where a process is killed on the way of an approved call.
enum Point: String, CaseIterable {
    case beforeProposal = "before the proposal is recorded"
    case afterProposal = "after the proposal is recorded"
    case beforeApproval = "before the approval is recorded"
    case afterApproval = "after the approval is recorded"
    case beforeAdmission = "before the admission is recorded"
    case afterAdmission = "after the admission is recorded"
    case beforeEffect = "when the request is about to leave"
    case afterEffect = "when the source has done it"
    case beforeOutcome = "before the outcome is recorded"
    case afterOutcome = "after the outcome is recorded"
    case anyMoment = "at any moment"

    /// How many effects there have to be in the end; nil where that depends on the moment.
    var effects: Int? {
        switch self {
        case .beforeProposal, .afterProposal, .beforeApproval, .afterApproval, .beforeAdmission, .afterEffect,
            .beforeOutcome, .afterOutcome:
            1
        // Admitted, and nobody can know whether it left: it is not sent again.
        case .afterAdmission, .beforeEffect: 0
        case .anyMoment: nil
        }
    }

    /// Whether the person had said yes before the kill, so that nobody asks them again.
    var isApproved: Bool {
        switch self {
        case .beforeProposal, .afterProposal, .beforeApproval, .anyMoment: false
        case .afterApproval, .beforeAdmission, .afterAdmission, .beforeEffect, .afterEffect, .beforeOutcome,
            .afterOutcome:
            true
        }
    }
}
