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
}
