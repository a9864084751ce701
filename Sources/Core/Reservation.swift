package import JSON
package import Policy
import Risk

/// Whose budget it is, and of which time: what is counted together.
package struct Account: Sendable, Hashable {
    package enum Time: Sendable, Hashable {
        /// The conversation of a principal that began at a moment.
        case conversation(identity: String, start: Timestamp)
        /// One of the periods of so many seconds, counted from 1970.
        case period(seconds: Int, number: Int)
    }

    package let budget: String
    package let unit: Budget.Unit
    package let who: String
    package let time: Time

    package init(budget: String, unit: Budget.Unit, who: String, time: Time) {
        self.budget = budget
        self.unit = unit
        self.who = who
        self.time = time
    }

    /// The identity of a conversation is long, and its beginning tells nearly as much.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(budget)
        hasher.combine(who)
        switch time {
        case .conversation(_, let start): hasher.combine(start)
        case .period(_, let number): hasher.combine(number)
        }
    }

    /// The account's name in the journal.
    package var key: String {
        let time =
            switch time {
            case .conversation(let identity, let start): "conversation/\(start.microseconds)/\(identity)"
            case .period(let seconds, let number): "\(seconds)/\(number)"
            }
        return Digest(of: Array("\(budget)\u{0}\(unit.name)\u{0}\(who)\u{0}\(time)".utf8)).hex
    }
}

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

    /// The number in millionths, rounded up; nil where that is out of range.
    private func millionths(_ number: JSONNumber) -> Int64? {
        let decimal = number.decimal
        guard !decimal.digits.isEmpty else { return 0 }
        // The value is 0.d₁d₂d₃… × 10^exponent; so many of its digits stand before the millionths end.
        let count = decimal.exponent + 6
        guard count <= 18 else { return nil }
        var value: Int64 = 0
        for place in 0..<max(0, count) {
            value = value * 10 + Int64(decimal.digits.indices.contains(place) ? decimal.digits[place] : 0)
        }
        if decimal.digits.count > max(0, count) { value += 1 }
        return decimal.isNegative ? -value : value
    }
}

/// How many records an answer holds: the elements of the longest list anywhere in it, or one; none where it is the empty list.
///
/// Read from sound JSON without making a value of it, since every read under a budget of records is counted.
package func countRecords(in text: [UInt8]) -> Int {
    let text = text.span
    var most = 1
    var isEmptyList = false
    /// What is open: for arrays, how many commas there are so far.
    var open: [(isArray: Bool, commas: Int, isEmpty: Bool)] = []
    var index = 0
    while index < text.count {
        let byte = text[index]
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"): break
        case UInt8(ascii: ","): if !open.isEmpty { open[open.count - 1].commas += 1 }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard let closed = open.popLast(), closed.isArray else { break }
            if closed.isEmpty { isEmptyList = open.isEmpty } else { most = max(most, closed.commas + 1) }
        default:
            if !open.isEmpty { open[open.count - 1].isEmpty = false }
            if byte == UInt8(ascii: "\"") {
                index += 1
                while index < text.count, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                open.append((byte == UInt8(ascii: "["), 0, true))
            }
        }
        index += 1
    }
    return isEmptyList ? 0 : most
}
