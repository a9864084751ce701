package import JSON

extension JSONObject {
    /// The same members with another value at a place; what has to be there on the way is made.
    ///
    /// - Parameter value: nil to take it away.
    package func placing(_ value: JSONValue?, at pointer: JSONPointer) -> JSONObject {
        guard let first = pointer.tokens.first else { return value?.object ?? self }
        var result = self
        let rest = JSONPointer(Array(pointer.tokens.dropFirst()))
        result[first] = placed(value, at: rest, in: result[first])
        return result
    }

    private func placed(_ value: JSONValue?, at pointer: JSONPointer, in old: JSONValue?) -> JSONValue? {
        guard let first = pointer.tokens.first else { return value }
        let rest = JSONPointer(Array(pointer.tokens.dropFirst()))
        switch old {
        case .array(var array):
            guard let index = Int(first), String(index) == first, index >= 0, index <= array.count else { return old }
            let element = placed(value, at: rest, in: array.indices.contains(index) ? array[index] : nil)
            switch (element, array.indices.contains(index)) {
            case (let element?, true): array[index] = element
            case (let element?, false): array.append(element)
            case (nil, true): array.removeSubrange(index...)
            case (nil, false): break
            }
            return .array(array)
        case .object(let object): return .object(object.placing(value, at: pointer))
        default: return value == nil ? old : .object(JSONObject().placing(value, at: pointer))
        }
    }
}
