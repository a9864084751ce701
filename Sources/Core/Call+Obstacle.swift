import Policy

extension Call {
    /// Why a person may not say yes or no to this call, or nil when they may.
    ///
    /// Nobody decides a call that was made for themselves (separation of duties), unless a rule asks exactly them to confirm
    /// it, and then nobody else; whoever decides holds a role that a rule names and that is still missing. Whoever could
    /// say yes may say no.
    package func obstacle(to person: Approver, isEmergency: Bool = false, at now: Timestamp) -> Refusal? {
        let isOwn = isInTheName(of: person)
        if verdicts.contains(where: { $0.by == person.name }) {
            return Refusal(.denied, "You have already decided this call.")
        }
        if isOwn {
            guard awaitsConfirmation, !isEmergency else {
                return Refusal(.denied, "You cannot decide a call that was made in your own name.")
            }
            guard person.isSure else {
                return Refusal(
                    .denied, "It is not sure that the user of this call is you, so you cannot confirm it.",
                    cause: "another issuer's user of the same name")
            }
            return nil
        }
        if let delegate = verdicts.first(where: { $0.delegated.values.contains(person.name) }) {
            return Refusal(.denied, "\(delegate.by.boundedText) has decided this call in your place.")
        }
        let verdict = proposedVerdict(of: person, at: now)
        if isEmergency {
            guard verdict.roles.isDisjoint(with: breakGlassRoles) else { return nil }
            let names = breakGlassRoles.sorted().joined(separator: ", ")
            return Refusal(
                .denied,
                names.isEmpty
                    ? "No rule lets anybody approve this call alone."
                    : "Approving this call alone takes one of the roles: \(names).")
        }
        guard counts(verdict) else {
            let names = missingRoles(at: now).sorted().joined(separator: ", ")
            return Refusal(
                .denied,
                names.isEmpty
                    ? "Only the user for whom this call was made confirms it."
                    : "Deciding this call takes one of the roles: \(names).")
        }
        return nil
    }

    /// Whether a person has to do with the call: it was made for them, they decided it, or they hold a role that may decide it
    /// sooner or later.
    package func concerns(_ person: Approver) -> Bool {
        guard proposedAt != nil else { return false }
        if isInTheName(of: person) || verdicts.contains(where: { $0.by == person.name }) { return true }
        let roles = (decision?.demands ?? []).reduce(into: Set<String>()) { roles, demand in
            roles.formUnion(demand.roles)
            roles.formUnion(demand.escalation?.roles ?? [])
            roles.formUnion(demand.breakGlass)
        }
        return !roles.isDisjoint(with: person.roles.union(person.delegated.keys))
    }

    /// Whether the call was made for this person.
    package func isInTheName(of person: Approver) -> Bool {
        person.name == opening.principal.user || person.subjects.contains(opening.principal.user)
    }

    /// What a person's verdict stands on. Who already decided does not decide again through a delegate.
    package func proposedVerdict(of person: Approver, at now: Timestamp) -> Verdict {
        // One person's authority counts once, whoever uses it.
        let used = Set(verdicts.map(\.by) + verdicts.flatMap(\.delegated.values))
        let delegated = person.delegated.filter { _, from in from != opening.principal.user && !used.contains(from) }
        var verdict = Verdict(
            by: person.name, roles: person.roles.union(delegated.keys),
            delegated: delegated.filter { !person.roles.contains($0.key) }, channel: "",
            isOwn: isInTheName(of: person))
        verdict.at = now
        return verdict
    }
}
