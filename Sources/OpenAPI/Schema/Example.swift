import JSON

/// Examples are shown to agents, so they are kept small and cleaned like any text.
enum Example {
    /// - Returns: nil when the example is larger than it helps.
    static func kept(_ value: JSONValue) -> JSONValue? {
        var budget = 400
        return cleaned(value, budget: &budget)
    }

    private static func cleaned(_ value: JSONValue, budget: inout Int) -> JSONValue? {
        budget -= 4
        guard budget > 0 else { return nil }
        switch value {
        case .null, .bool: return value
        case .number(let number):
            budget -= number.text.utf8.count
            return budget > 0 ? value : nil
        case .string(let string):
            budget -= string.utf8.count
            return budget > 0 ? .string(CleanText.block(string, limit: 400)) : nil
        case .array(let array):
            var elements: [JSONValue] = []
            for element in array {
                guard let element = cleaned(element, budget: &budget) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object {
                budget -= member.key.utf8.count
                guard let value = cleaned(member.value, budget: &budget) else { return nil }
                members.append(JSONObject.Member(key: member.key, value: value))
            }
            return .object(JSONObject(members: members))
        }
    }
}
