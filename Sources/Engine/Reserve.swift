import Core
import JSON
import Policy

extension Gate {
    /// What a call takes of budgets.
    ///
    /// - Throws: ``Refusal`` for what cannot be counted, or is more than a budget ever holds; nothing is taken then.
    func take(for opened: OpenCall, in snapshot: Snapshot, at now: Timestamp) throws(Refusal) -> [Taken] {
        let tool = opened.tool
        let principal = opened.bound.principal
        var taken: [Taken] = []
        // Every call goes on with its conversation, whatever is counted of it.
        let isTalk = snapshot.budgets.contains { $0.period == .conversation }
        let start = isTalk ? conversations.start(of: principal, at: now) : now
        do throws(Refusal) {
            for budget in snapshot.budgets where budget.counts(tool.facts) {
                taken.append(try take(of: budget, for: opened, start, at: now))
            }
        } catch {
            for one in taken { putBack(one) }
            throw error
        }
        return taken
    }

    private func take(
        of budget: Budget, for opened: OpenCall, _ start: Timestamp, at now: Timestamp
    ) throws(Refusal) -> Taken {
        let principal = opened.bound.principal
        let amount = try budget.amount(of: opened.bound.arguments, for: opened.tool.facts)
        let (time, until, keptUntil): (Account.Time, Timestamp, Timestamp)
        switch budget.period {
        case .conversation:
            time = .conversation(identity: principal.identityText, start: start)
            until = now.advanced(bySeconds: Conversations.pauseSeconds)
            keptUntil = start.advanced(bySeconds: Conversations.longestSeconds + 2 * Conversations.pauseSeconds)
        case .seconds(let seconds):
            let number = now.seconds / max(1, seconds)
            time = .period(seconds: seconds, number: number)
            until = Timestamp(seconds: (number + 1) * seconds)
            keptUntil = Timestamp(seconds: (number + 2) * seconds)
        }
        let account = Account(
            budget: budget.id, unit: budget.unit,
            who: budget.per.key(
                user: principal.user, agent: principal.agent, tenant: principal.tenant, tool: opened.tool.name),
            time: time)
        let reservation = Reservation(budget, account, amount: amount, until: until, keptUntil: keptUntil)
        if amount > budget.most { throw Refusal(OverBudget(reservation)) }
        let portion = Allotments.portion(of: budget)
        guard portion > 0 else { return Taken(reservation) }
        let (missing, refills) = allotments.take(amount, of: reservation)
        return Taken(
            reservation, usesParts: true, fromPart: amount - missing, refills: refills, surplus: refills ? portion : 0)
    }

    /// Gives back what a call that did not happen took of parts.
    func putBack(_ taken: Taken) {
        guard taken.usesParts else { return }
        if taken.refills { allotments.endRefill(taken.reservation, adding: 0) }
        allotments.putBack(taken.fromPart, taken.reservation)
    }

    /// Makes a part of what an admission took beyond its call.
    func keepSurplus(of taken: [Taken]) {
        for one in taken where one.refills { allotments.endRefill(one.reservation, adding: one.surplus) }
    }

    /// Gives back in the journal what is left of parts: of those whose time is over, or of all.
    package func returnAllotments(all: Bool = false) async throws {
        try await journal.correct(allotments.drain(at: now(), all: all))
    }

    /// What an outcome changes of what was taken: a call that did nothing gives all back, one that may have done something
    /// nothing, and records are as many as came.
    ///
    /// - Returns: what the journal has to count before the answer is seen.
    func corrections(_ outcome: Outcome, _ answer: Result<SafeAnswer, Refusal>, of opened: OpenCall) -> [Reservation] {
        opened.taken.compactMap { taken in
            let more = difference(taken.reservation, outcome, answer, of: opened)
            guard more != 0 else { return nil }
            var correction = taken.reservation
            correction.isSettled = true
            correction.amount = more
            guard taken.usesParts else { return correction }
            if more < 0 {
                let excess = allotments.add(-more, taken.reservation)
                guard excess > 0 else { return nil }
                correction.amount = -excess
                return correction
            }
            let missing = allotments.takeMore(more, of: taken.reservation)
            guard missing > 0 else { return nil }
            correction.amount = missing
            return correction
        }
    }

    private func difference(
        _ reservation: Reservation, _ outcome: Outcome, _ answer: Result<SafeAnswer, Refusal>, of opened: OpenCall
    ) -> Int64 {
        switch outcome.kind {
        case .refusal, .failure: return -reservation.amount
        case .unknown: return 0
        case .result:
            guard reservation.budget.unit == .records, case .success(let answer) = answer else { return 0 }
            // An answer tells what was read, and not all that a write did.
            let count = Int64(countRecords(in: answer.text))
            return (opened.tool.isRead ? count : max(count, reservation.amount)) - reservation.amount
        }
    }
}

extension Refusal {
    init(_ over: OverBudget) {
        let reservation = over.reservation
        let budget = reservation.budget
        let most = budget.text(of: budget.most)
        let period =
            switch budget.period {
            case .conversation: "a conversation"
            case .seconds(86_400): "a day"
            case .seconds(let seconds): "\(seconds) s"
            }
        let isOver = reservation.amount > budget.most
        self.init(
            .overBudget,
            "At most \(most) in \(period) are allowed, and this call would pass that. Nothing was done. "
                + (isOver ? "It is too large by itself." : "Do not try again before \(reservation.until)."),
            cause: "budget \(budget.id), per \(budget.per.rawValue): \(budget.text(of: reservation.amount)) more")
    }
}
