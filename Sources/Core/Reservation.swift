package import JSON
package import Policy
import Risk

/// A part of a budget that an admission takes, or gives back once more is known.
package struct Reservation: Sendable, Hashable {
    package let budget: Budget
    package let account: Account
    /// What is taken; below zero where some is given back.
    package var amount: Int64
    /// When the time of the budget is over.
    package let until: Timestamp
    /// How long what was spent is remembered: longer, so that a clock that is set back finds it.
    package let keptUntil: Timestamp
    /// Whether it is taken whatever is left: it has happened already.
    package var isSettled = false

    /// How much there is at most.
    package var most: Int64 { budget.most }

    package init(_ budget: Budget, _ account: Account, amount: Int64, until: Timestamp, keptUntil: Timestamp? = nil) {
        self.budget = budget
        self.account = account
        self.amount = amount
        self.until = until
        self.keptUntil = keptUntil ?? until
    }
}

/// An admission would pass a ceiling. Nothing was recorded.
package struct OverBudget: Error, Sendable, Hashable {
    package let reservation: Reservation

    package init(_ reservation: Reservation) {
        self.reservation = reservation
    }
}

extension Budget {
    /// How much a call is going to take, as far as its arguments tell.
    ///
    /// - Throws: ``Refusal`` for what cannot be counted: it would pass unseen.
    package func amount(of arguments: JSONObject, for tool: ToolFacts) throws(Refusal) -> Int64 {
        if let currency, case .money(let known) = unit {
            guard let said = JSONValue.object(arguments)[currency]?.string, said == known else {
                throw uncountable("its amount is not in \(known)")
            }
        }
        guard let amount else {
            // One call that reaches many records is not one of them.
            if unit != .calls, unit != .records, tool.categories.contains(.bulk) {
                throw uncountable("it does not say how many it reaches")
            }
            return 1
        }
        switch JSONValue.object(arguments)[amount] {
        case .array(let list) where !isMoney: return Int64(list.count)
        case .number(let number):
            guard let value = millionths(number), value >= 0 else { throw uncountable("its amount cannot be counted") }
            return isMoney ? value : value / 1_000_000 + (value % 1_000_000 == 0 ? 0 : 1)
        default:
            // A page size that is left out is the source's own; what comes is counted afterwards.
            if unit == .records { return 1 }
            throw uncountable("it does not say how much")
        }
    }

    private func uncountable(_ why: String) -> Refusal {
        Refusal(
            .overBudget, "This call is under a limit on \(unit.name), and \(why), so it was not made.",
            cause: "budget \(id): \(why)")
    }
}
