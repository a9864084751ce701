package import Policy

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
