package import Policy

extension Call {
    /// The seats that no verdict so far fills, one for each person who is missing; empty where none is.
    package var missingSeats: [ApprovalDemand.Seat] {
        (decision?.demands ?? []).flatMap { missingSeats(of: $0, given: verdicts) }
    }

    /// Whether the acting user still has to confirm.
    package var awaitsConfirmation: Bool {
        (decision?.demands ?? []).contains { $0.isConfirmation } && !verdicts.contains { $0.isOwn }
    }

    /// Whether nothing is missing but that the acting user confirms, and a form of their own client will do.
    package var takesForm: Bool {
        awaitsConfirmation && missingSeats.isEmpty
            && (decision?.demands ?? []).allSatisfy { !$0.isConfirmation || $0.acceptsForm }
    }

    /// Whether a rule says that it runs once it is approved.
    package var runsOnApproval: Bool {
        let demands = decision?.demands ?? []
        return !demands.isEmpty && demands.allSatisfy { $0.runsOnApproval }
    }

    /// The roles of which one more is needed, those that a long wait brought in included.
    package func missingRoles(at now: Timestamp) -> Set<String> {
        (decision?.demands ?? []).reduce(into: []) { roles, demand in
            let missing = missingSeats(of: demand, given: verdicts)
            for seat in missing { roles.formUnion(rolesOf(seat, demand, at: now)) }
        }
    }

    /// Roles that may approve alone in an emergency: those that every demand names.
    package var breakGlassRoles: Set<String> {
        let demands = decision?.demands ?? []
        guard let first = demands.first else { return [] }
        return demands.dropFirst().reduce(first.breakGlass) { $0.intersection($1.breakGlass) }
    }

    /// Whether these verdicts are all that the decision demands.
    package func isApproved(by verdicts: [Verdict]) -> Bool {
        if verdicts.contains(where: { $0.isEmergency && !$0.roles.isDisjoint(with: breakGlassRoles) }) { return true }
        return (decision?.demands ?? []).allSatisfy { demand in
            (!demand.isConfirmation || verdicts.contains { $0.isOwn })
                && missingSeats(of: demand, given: verdicts).isEmpty
        }
    }

    /// Whether others may decide it since a moment, because it waited for long.
    package func wasEscalated(after earlier: Timestamp, until now: Timestamp) -> Bool {
        guard phase == .proposed, let proposedAt else { return false }
        return (decision?.demands ?? []).compactMap(\.escalation).contains { escalation in
            let moment = proposedAt.advanced(bySeconds: escalation.after)
            return earlier < moment && moment <= now
        }
    }

    /// Whether one more verdict fills a seat.
    func counts(_ verdict: Verdict) -> Bool {
        (decision?.demands ?? []).contains { demand in
            missingSeats(of: demand, given: verdicts + [verdict]).count
                < missingSeats(of: demand, given: verdicts).count
        }
    }

    /// The seats of one demand that stay empty however the verdicts are seated: a maximum matching (Kuhn's algorithm), so
    /// that somebody with two roles never keeps another from the only seat that they could take.
    private func missingSeats(of demand: ApprovalDemand, given verdicts: [Verdict]) -> [ApprovalDemand.Seat] {
        let people = verdicts.filter { !$0.isOwn }
        var seats = demand.seats.flatMap { seat in
            repeatElement(ApprovalDemand.Seat(seat.roles), count: max(0, seat.count))
        }
        if people.contains(where: \.isHasty), !seats.isEmpty {
            seats.append(ApprovalDemand.Seat(demand.seats.reduce(into: []) { $0.formUnion($1.roles) }))
        }
        var seated = [Int?](repeating: nil, count: seats.count)
        for person in people.indices {
            var tried: Set<Int> = []
            _ = seat(person, of: people, on: seats, demand, &seated, &tried)
        }
        return seats.indices.filter { seated[$0] == nil }.map { seats[$0] }
    }

    private func seat(
        _ person: Int, of people: [Verdict], on seats: [ApprovalDemand.Seat], _ demand: ApprovalDemand,
        _ seated: inout [Int?], _ tried: inout Set<Int>
    ) -> Bool {
        for index in seats.indices where !tried.contains(index) {
            let roles = rolesOf(seats[index], demand, at: people[person].at)
            guard !people[person].roles.isDisjoint(with: roles) else { continue }
            tried.insert(index)
            if let other = seated[index], !seat(other, of: people, on: seats, demand, &seated, &tried) { continue }
            seated[index] = person
            return true
        }
        return false
    }

    private func rolesOf(
        _ seat: ApprovalDemand.Seat, _ demand: ApprovalDemand, at moment: Timestamp
    ) -> Set<String> {
        guard let escalation = demand.escalation, let proposedAt,
            moment >= proposedAt.advanced(bySeconds: escalation.after)
        else { return seat.roles }
        return seat.roles.union(escalation.roles)
    }
}
