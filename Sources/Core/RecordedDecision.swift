package import JSON
package import Policy

/// What was decided of a call when it came, and on what, as the journal has it.
package struct RecordedDecision: Sendable, Hashable {
    package let call: SeenCall
    package let at: Timestamp
    /// Of facts that it demanded the record has the ids.
    package let ruling: Ruling
    /// The policy that decided.
    package let policyVersion: String
    /// The rules that determined it.
    package let rules: [String]

    /// - Parameter body: the events of a call's first entry.
    /// - Returns: nil where there is no decision among them, or they are not what the journal writes.
    package init?(_ body: [JSONValue]) {
        var opened: (Opening, Timestamp)?
        var decided: (Decision, Set<String>)?
        for json in body {
            switch json["event"]?.string {
            case "opened":
                guard let event = CallEvent(json: json), case .opened(let opening) = event.kind else { return nil }
                opened = (opening, event.at)
            case "decided":
                guard let event = CallEvent(json: json), case .decided(let decision) = event.kind else { return nil }
                decided = (decision, json["requires"]?.strings ?? [])
            default: continue
            }
        }
        guard let (opening, at) = opened, let (decision, requirements) = decided else { return nil }
        call = SeenCall(
            user: opening.principal.user, agent: opening.principal.agent, tenant: opening.principal.tenant,
            roles: opening.principal.roles, tool: opening.tool, arguments: opening.arguments,
            hidden: hiddenPlaces(in: opening.arguments), minute: at.minuteOfDay)
        self.at = at
        var ruling = Ruling(decision)
        if decision.effect != .deny { ruling.namedRequirements = requirements }
        self.ruling = ruling
        policyVersion = decision.policyVersion
        rules = decision.because
    }
}
