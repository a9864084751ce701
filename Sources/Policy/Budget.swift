package import JSON
import Risk

/// A ceiling on effects: how much may come of calls in a time, for each of those who are counted apart.
///
/// An object, since every call that is counted holds on to it.
package final class Budget: Sendable {
    /// What is counted.
    package enum Unit: Sendable, Hashable {
        case calls
        /// Records that answers hold or that calls change.
        case records
        /// Messages to people or other systems.
        case messages
        case deletions
        /// In millionths of one currency's unit.
        case money(currency: String)

        package var name: String {
            switch self {
            case .calls: "calls"
            case .records: "records"
            case .messages: "messages"
            case .deletions: "deletions"
            case .money(let currency): currency
            }
        }
    }

    package enum Period: Sendable, Hashable {
        /// From the first call of an agent for a user until none came for half an hour.
        case conversation
        /// So many seconds, the first of which began in 1970.
        case seconds(Int)
    }

    package let id: String
    package let per: Rate.Subject
    package let period: Period
    package let unit: Unit
    package let most: Int64
    package let tools: ToolMatch
    /// The argument that says how much: a number, or a list whose elements count. Nil where each call counts as one.
    package let amount: JSONPointer?
    /// The argument that says in which currency.
    package let currency: JSONPointer?

    package init(
        id: String, per: Rate.Subject, period: Period, unit: Unit, most: Int64, tools: ToolMatch = ToolMatch(),
        amount: JSONPointer? = nil, currency: JSONPointer? = nil
    ) {
        self.id = id
        self.per = per
        self.period = period
        self.unit = unit
        self.most = most
        self.tools = tools
        self.amount = amount
        self.currency = currency
    }

    /// Whether calls of a tool have the effect that is counted.
    package func counts(_ tool: ToolFacts) -> Bool {
        guard tools.matches(tool) else { return false }
        return switch unit {
        case .calls, .records, .money: true
        case .messages: tool.categories.contains(.communication)
        case .deletions: tool.categories.contains(.destructive)
        }
    }

    package var isMoney: Bool {
        if case .money = unit { true } else { false }
    }

    /// An amount as people write it.
    package func text(of amount: Int64) -> String {
        guard case .money(let currency) = unit else { return "\(amount) \(unit.name)" }
        return moneyText(amount, currency)
    }
}

/// An amount in millionths of a currency's unit, as people write it.
package func moneyText(_ amount: Int64, _ currency: String) -> String {
    let (whole, rest) = amount.quotientAndRemainder(dividingBy: 1_000_000)
    let digits = String(rest.magnitude)
    let fraction = String(repeating: "0", count: 6 - min(6, digits.count)) + digits
    let shown = fraction.prefix(2) + fraction.dropFirst(2).reversed().drop { $0 == "0" }.reversed()
    return rest == 0 ? "\(whole) \(currency)" : "\(whole).\(shown) \(currency)"
}

extension Budget: Hashable {
    package static func == (left: Budget, right: Budget) -> Bool {
        left === right
            || left.id == right.id && left.per == right.per && left.period == right.period && left.unit == right.unit
                && left.most == right.most && left.tools == right.tools && left.amount == right.amount
                && left.currency == right.currency
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(most)
    }
}
