/// Reads a path template: a verb as its last literal part (`/refunds/{id}/cancel`, `:search`) says what happens.
func readPath(_ path: String) -> Reading {
    var parts: [Substring] = []
    for part in path.utf8.prefix(600).split(separator: UInt8(ascii: "/")) {
        let text = Substring(part)
        // "{id}:cancel" and "users:search" hold a method of their own.
        if let colon = text.lastIndex(of: ":"), colon != text.startIndex {
            parts.append(text[..<colon])
            parts.append(text[text.index(after: colon)...])
        } else {
            parts.append(text)
        }
    }
    var reading = Reading()
    reading.words = parts.filter { !$0.hasPrefix("{") }.flatMap { words(of: String($0)) }
    guard let index = parts.lastIndex(where: { !$0.hasPrefix("{") && !$0.hasPrefix(":") && !$0.hasPrefix("$ref") })
    else {
        return reading
    }
    // A part with parameters behind it names a collection, unless it can only be a verb.
    let isLast = index == parts.count - 1
    let segment = words(of: String(parts[index]))
    guard let first = segment.first else { return reading }
    var found = segment.count > 1 ? readName(String(parts[index])) : Reading()
    if segment.count == 1, first.isVerb(.base) {
        found.act = first.act
        found.verb = first.text
        found.certainty = first.entry?.isNounToo == true ? .likely : .clear
        if first.act.isRead || first.act == .inspects, isLast { found.certainty = .clear }
    } else if segment.count > 1, found.certainty == .likely {
        found.act = []
    }
    if !isLast, found.certainty == .likely || found.act.isChange { found.act = [] }
    // Somewhere before: "/_search/template", "/logs-queries/list".
    if found.act.isEmpty {
        for part in parts.dropLast().reversed() where part.hasPrefix("_") {
            if let word = words(of: String(part)).first, word.isVerb(.base), word.act.isRead || word.act == .inspects {
                found.act = word.act
                found.verb = word.text
                found.certainty = .likely
                break
            }
        }
    }
    found.words = reading.words
    return found
}
