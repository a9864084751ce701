package import JSON
package import Risk

/// What is at stake in a financial or administrative call: what an enhanced record says beyond the arguments.
package struct Stakes: Sendable, Hashable {
    package var amount: String?
    package var currency: String?
    /// Whom the money goes to, or whose rights are changed.
    package var counterparty: String?
    /// What the record held before a call that nobody was asked about, and what the call would put there. Of a call that was
    /// asked it stands in its ``Change``.
    package var fields: [Change.Field] = []

    package init(amount: String? = nil, currency: String? = nil, counterparty: String? = nil) {
        self.amount = amount
        self.currency = currency
        self.counterparty = counterparty
    }

    /// Whether calls of a tool have an enhanced record.
    package static func concern(_ tool: Tool) -> Bool {
        !tool.isRead && !tool.risk.categories.isDisjoint(with: [.financial, .administrative])
    }

    /// Reads them from arguments by their names.
    ///
    /// - Returns: nil for a tool that is neither financial nor administrative, and where nothing is named.
    package init?(of arguments: JSONObject, _ risk: Risk) {
        guard !risk.categories.isDisjoint(with: [.financial, .administrative]) else { return nil }
        var stakes = Stakes()
        stakes.read(arguments, depth: 0)
        guard stakes != Stakes() else { return nil }
        self = stakes
    }

    private mutating func read(_ object: JSONObject, depth: Int) {
        // What stands outside counts before what is within.
        var deeper: [JSONObject] = []
        defer { for inner in deeper { read(inner, depth: depth + 1) } }
        for member in object {
            let name = member.key.utf8.filter { $0 != 0x5F && $0 != 0x2D }.map {
                (0x41...0x5A).contains($0) ? $0 + 32 : $0
            }
            func isOne(of names: [String]) -> Bool { names.contains { $0.utf8.elementsEqual(name) } }
            switch member.value {
            case .object(let inner) where depth < 3: deeper.append(inner)
            case .number where amount == nil && isOne(of: ["amount", "total", "price", "value", "sum"]):
                amount = member.value.text
            // Of how many to one unit depends on the currency, so it is told and not added up.
            case .number where amount == nil && isOne(of: ["amountminor", "amountcents", "amountincents", "cents"]):
                amount = member.value.text + " minor units"
            case .string(let text):
                if currency == nil, isOne(of: ["currency", "currencycode"]) { currency = text }
                if amount == nil, isOne(of: ["amount", "total", "price", "value"]) { amount = text }
                if counterparty == nil,
                    isOne(of: [
                        "recipient", "recipientid", "to", "payee", "payeeid", "beneficiary", "iban", "account",
                        "accountid",
                        "customer", "customerid", "userid", "user", "username", "member", "memberid", "email", "vendor",
                        "vendorid", "paymentid",
                    ])
                {
                    counterparty = text
                }
            case .object, .array, .number, .null, .bool: continue
            }
        }
    }

    package var json: JSONObject {
        var object = JSONObject()
        if let amount { object.append("amount", .string(amount)) }
        if let currency { object.append("currency", .string(currency)) }
        if let counterparty { object.append("counterparty", .string(counterparty)) }
        if !fields.isEmpty { object.append("fields", .array(fields.map(\.json))) }
        return object
    }

    package init?(_ json: JSONValue) {
        guard let object = json.object else { return nil }
        self.init(
            amount: object["amount"]?.string, currency: object["currency"]?.string,
            counterparty: object["counterparty"]?.string)
        fields = (object["fields"]?.array ?? []).compactMap(Change.Field.init(json:))
    }
}
