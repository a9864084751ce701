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
        if object.keys.contains(where: { $0.contains("[redacted:") }) { return places.append(place) }
        for member in object { find(in: member.value, at: place.appending(member.key), &places) }
    case .null, .bool, .number: break
    }
}

/// Whether a text is what ``Redaction`` or ``Sweeper`` leaves, or holds it.
private func isReplacement(_ text: String) -> Bool {
    if text.utf8.contains(0x5B), text.contains("[redacted:") || text == "[redacted]" || text == "[dropped]" {
        return true
    }
    // ``Treatment/mask``: the first character, three stars, and the last two.
    guard text.utf8.contains(0x2A) else { return false }
    let characters = Array(text)
    return characters == ["*", "*", "*"]
        || characters.count == 6 && characters[1...3].allSatisfy { $0 == "*" }
}
