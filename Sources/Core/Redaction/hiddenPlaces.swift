package import JSON

/// Places of recorded arguments where something else stood before secrets and personal data were taken out.
///
/// A call's own argument may look the same. Then less is known of it than could be, which never makes anything certain that is not.
package func hiddenPlaces(in arguments: JSONObject) -> [JSONPointer] {
    var places: [JSONPointer] = []
    find(in: .object(arguments), at: JSONPointer(), &places)
    return places
}

private func find(in value: JSONValue, at place: JSONPointer, _ places: inout [JSONPointer]) {
    switch value {
    case .string(let text):
        if isReplacement(text) { places.append(place) }
    case .array(let array):
        for (index, element) in array.enumerated() { find(in: element, at: place.appending(index), &places) }
    case .object(let object):
        // A name that lost something: any other name may have stood there.
        if object.keys.contains(where: { holds($0, "[redacted:") }) { return places.append(place) }
        for member in object { find(in: member.value, at: place.appending(member.key), &places) }
    case .null, .bool, .number: break
    }
}

/// Whether a text is what ``Redaction`` or ``Sweeper`` leaves, or holds it.
private func isReplacement(_ text: String) -> Bool {
    // What ``Treatment/mask`` leaves has three stars. What stands beside them may join them to one character.
    holds(text, "[redacted]") || holds(text, "[dropped]") || holds(text, "[redacted:") || holds(text, "***")
}

/// Whether bytes of a text stand in another one, wherever its characters begin and end.
private func holds(_ text: String, _ part: StaticString) -> Bool {
    let part = Array(part.description.utf8)
    guard let first = part.first else { return true }
    var rest = text.utf8[...]
    while let start = rest.firstIndex(of: first) {
        if rest[start...].starts(with: part) { return true }
        rest = rest[rest.index(after: start)...]
    }
    return false
}
