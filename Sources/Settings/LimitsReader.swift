import JSON
import Policy

/// Reads the `limits` section.
struct LimitsReader {
    let reader: Reader
    /// Reads which tools a limit is about, as rules do.
    let match: PolicyReader

    func rates() -> [Rate] {
        guard reader.object(keys: ["rates", "budgets"]) != nil else { return [] }
        var rates: [Rate] = []
        for element in reader.child("rates")?.elements ?? [] {
            guard let rate = rate(element) else { continue }
            if rates.contains(where: { $0.id == rate.id }) {
                element.error("repeated-rate", "two rates have the id '\(rate.id)'", hint: "Give each rate its own id.")
            }
            rates.append(rate)
        }
        return rates
    }

    private func rate(_ reader: Reader) -> Rate? {
        guard reader.object(keys: ["id", "per", "calls", "every"] + PolicyReader.matchKeys) != nil,
            let id = reader.required("id")?.string(), let per = reader.required("per")?.word(Rate.Subject.self),
            let calls = reader.required("calls")?.int(in: 1...1_000_000),
            let seconds = reader.required("every")?.duration(in: 1...86_400)
        else { return nil }
        return Rate(id: id, per: per, calls: calls, seconds: seconds, tools: match.toolMatch(reader))
    }

    private enum Unit: String, CaseIterable { case calls, records, messages, deletions, money }
    private enum Period: String, CaseIterable { case conversation, hour, day }

    func budgets() -> [Budget] {
        var budgets: [Budget] = []
        for element in reader.child("budgets")?.elements ?? [] {
            guard let budget = budget(element) else { continue }
            if budgets.contains(where: { $0.id == budget.id }) {
                element.error(
                    "repeated-budget", "two budgets have the id '\(budget.id)'", hint: "Give each budget its own id.")
            }
            budgets.append(budget)
        }
        return budgets
    }

    private func budget(_ reader: Reader) -> Budget? {
        let keys = ["id", "per", "in", "of", "most", "count", "currency", "currency-argument"]
        guard reader.object(keys: keys + PolicyReader.matchKeys) != nil,
            let id = reader.required("id")?.string(), let per = reader.required("per")?.word(Rate.Subject.self),
            let period = reader.required("in")?.word(Period.self), let of = reader.required("of")?.word(Unit.self),
            let most = reader.required("most")?.int(in: 1...1_000_000_000_000)
        else { return nil }
        if period == .conversation, per != .agent, per != .user {
            reader.child("per")?.error(
                "no-conversation", "a conversation is one of an agent for a user: write agent or user")
        }
        let unit: Budget.Unit
        switch of {
        case .calls: unit = .calls
        case .records: unit = .records
        case .messages: unit = .messages
        case .deletions: unit = .deletions
        case .money:
            guard let currency = reader.required("currency")?.string(), reader.required("count") != nil else {
                return nil
            }
            unit = .money(currency: currency)
        }
        if of != .money {
            for key in ["currency", "currency-argument"] {
                reader.child(key)?.error("useless-key", "'\(key)' belongs to budgets of money")
            }
        }
        if of == .calls { reader.child("count")?.error("useless-key", "a call counts as one") }
        return Budget(
            id: id, per: per,
            period: period == .conversation ? .conversation : .seconds(period == .hour ? 3600 : 86_400), unit: unit,
            most: Int64(most) * (of == .money ? 1_000_000 : 1), tools: match.toolMatch(reader),
            amount: reader.child("count").flatMap(match.argument),
            currency: reader.child("currency-argument").flatMap(match.argument))
    }
}
