import Policy

extension Call {
    /// Why a person may not decide this call, or nil when they may.
    ///
    /// Nobody decides a call that was made for themselves (separation of duties), and whoever decides holds a role
    /// that a rule names.
    package func obstacle(to person: String, subjects: Set<String> = [], roles: Set<String>) -> Refusal? {
        if person == opening.principal.user || subjects.contains(opening.principal.user) {
            return Refusal(.denied, "You cannot decide a call that was made in your own name.")
        }
        if verdicts.contains(where: { $0.by == person }) {
            return Refusal(.denied, "You have already decided this call.")
        }
        let needed = missingDemands
        guard needed.contains(where: { !$0.roles.isDisjoint(with: roles) }) else {
            let names = Set(needed.flatMap(\.roles)).sorted().joined(separator: ", ")
            return Refusal(.denied, "Deciding this call takes one of the roles: \(names).")
        }
        return nil
    }
}
