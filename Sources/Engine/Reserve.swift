import Core
import JSON
import Policy

extension Gate {
    /// What a call takes of budgets.
    ///
    /// - Throws: ``Refusal`` for what cannot be counted, or is more than a budget ever holds.
    func reservations(
        for opened: OpenCall, in snapshot: Snapshot, at now: Timestamp
    ) throws(Refusal) -> [Reservation] {
        let tool = opened.tool
        let principal = opened.bound.principal
        var reservations: [Reservation] = []
        // Every call goes on with its conversation, whatever is counted of it.
        let isTalk = snapshot.budgets.contains { $0.period == .conversation }
        let start = isTalk ? conversations.start(of: principal, at: now) : now
        for budget in snapshot.budgets where budget.counts(tool.facts) {
            let amount = try budget.amount(of: opened.bound.arguments, for: tool.facts)
            let who = budget.per.key(
                user: principal.user, agent: principal.agent, tenant: principal.tenant, tool: tool.name)
            let (time, until, keptUntil): (String, Timestamp, Timestamp)
            switch budget.period {
            case .conversation:
                (time, until, keptUntil) = (
                    "conversation/\(start.microseconds)/\(principal.identityText)",
                    now.advanced(bySeconds: Conversations.pauseSeconds),
                    start.advanced(bySeconds: Conversations.longestSeconds + 2 * Conversations.pauseSeconds)
                )
            case .seconds(let seconds):
                let number = now.seconds / max(1, seconds)
                (time, until, keptUntil) = (
                    "\(seconds)/\(number)", Timestamp(seconds: (number + 1) * seconds),
                    Timestamp(seconds: (number + 2) * seconds)
                )
            }
            let key = Digest(of: Array("\(budget.id)\u{0}\(budget.unit.name)\u{0}\(who)\u{0}\(time)".utf8)).hex
            let reservation = Reservation(budget, key: key, amount: amount, until: until, keptUntil: keptUntil)
            if amount > budget.most { throw Refusal(OverBudget(reservation)) }
            reservations.append(reservation)
        }
        return reservations
    }

    /// What an outcome changes of what was reserved: a call that did nothing gives all back, one that may have done
    /// something nothing, and records are as many as came.
    func corrections(_ outcome: Outcome, _ answer: Result<SafeAnswer, Refusal>, of opened: OpenCall) -> [Reservation] {
        opened.reservations.compactMap { reservation in
            var correction = reservation
            correction.isSettled = true
            switch outcome.kind {
            case .refusal, .failure: correction.amount = -reservation.amount
            case .unknown: return nil
            case .result:
                guard reservation.budget.unit == .records, case .success(let answer) = answer else { return nil }
                // An answer tells what was read, and not all that a write did. Without a list it is one record.
                var count: Int64 = 1
                if answer.text.contains(UInt8(ascii: "[")) {
                    guard let value = try? JSONParser.parse(answer.text) else { return nil }
                    count = Int64(countRecords(in: value))
                }
                correction.amount = (opened.tool.isRead ? count : max(count, reservation.amount)) - reservation.amount
            }
            return correction.amount == 0 ? nil : correction
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
