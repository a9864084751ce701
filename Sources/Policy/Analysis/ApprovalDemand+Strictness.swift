extension ApprovalDemand {
    /// Whether whatever meets this demand meets the other one as well, and for no longer.
    ///
    /// How long a repeat gets the same outcome does not count: it lets nothing run.
    package func isAsStrict(as other: ApprovalDemand) -> Bool {
        guard !other.isConfirmation || isConfirmation && (!acceptsForm || other.acceptsForm) else { return false }
        guard expiresAfter <= other.expiresAfter, !runsOnApproval || other.runsOnApproval,
            breakGlass.isSubset(of: other.breakGlass), other.haste == nil || haste == other.haste
        else { return false }
        if let escalation {
            guard let theirs = other.escalation, escalation.after >= theirs.after,
                escalation.roles.isSubset(of: theirs.roles)
            else { return false }
        }
        return fills(other.places)
    }

    /// The roles of every single seat.
    private var places: [Set<String>] {
        seats.flatMap { repeatElement($0.roles, count: max(0, $0.count)) }
    }

    /// Whether people on this demand's seats could each take one of some seats: a matching, as the people themselves are seated.
    private func fills(_ wanted: [Set<String>]) -> Bool {
        let own = places
        var takenBy = [Int?](repeating: nil, count: own.count)
        func take(_ place: Int, _ tried: inout Set<Int>) -> Bool {
            for index in own.indices where own[index].isSubset(of: wanted[place]) && tried.insert(index).inserted {
                if let earlier = takenBy[index], !take(earlier, &tried) { continue }
                takenBy[index] = place
                return true
            }
            return false
        }
        return wanted.indices.allSatisfy { place in
            var tried: Set<Int> = []
            return take(place, &tried)
        }
    }
}
