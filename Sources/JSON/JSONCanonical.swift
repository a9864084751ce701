extension JSONValue {
    /// How canonical text writes numbers.
    public enum CanonicalNumbers: Sendable {
        /// As RFC 8785 §3.2.2.3: every number is read as a double first.
        case double
        /// As RFC 8785 where the double holds the written value, and exactly where it does not, so that
        /// different values never share a digest.
        case exact
    }

    /// The canonical form of the value (RFC 8785): members sorted by the UTF-16 units of their names, no white
    /// space, one way to write each string and number.
    ///
    /// - Returns: nil when a number is beyond every double and `numbers` is `.double`, or has an exponent beyond
    ///   ±10⁹, where ``JSONDecimal`` no longer tells values apart.
    public func canonicalBytes(_ numbers: CanonicalNumbers = .exact) -> [UInt8]? {
        guard let sorted = canonical(numbers) else { return nil }
        return sorted.bytes
    }

    private func canonical(_ numbers: CanonicalNumbers) -> JSONValue? {
        switch self {
        case .null, .bool, .string: return self
        case .number(let number):
            switch numbers {
            case .double:
                return ECMANumber.text(number.double).flatMap { JSONNumber($0) }.map { .number($0) }
            case .exact:
                let decimal = number.decimal
                guard abs(decimal.exponent) < JSONDecimal.exponentLimit else { return nil }
                // The shortest text of a double and the exact decimal have one layout, so they coincide wherever
                // the double holds the value.
                return JSONNumber(ECMANumber.text(decimal)).map { .number($0) }
            }
        case .array(let array):
            var elements: [JSONValue] = []
            elements.reserveCapacity(array.count)
            for element in array {
                guard let element = element.canonical(numbers) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .object(let object):
            var members: [JSONObject.Member] = []
            members.reserveCapacity(object.count)
            for member in object {
                guard let value = member.value.canonical(numbers) else { return nil }
                members.append(JSONObject.Member(key: member.key, value: value))
            }
            members.sort { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            return .object(JSONObject(members: members))
        }
    }
}
