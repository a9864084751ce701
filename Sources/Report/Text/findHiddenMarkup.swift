/// The first comment, of three words or more: a rendered page does not show it.
///
/// HTML comments, and the definition of a link that nothing refers to (`[//]: # (text)`), which Markdown drops.
func findHiddenMarkup(in bytes: [UInt8]) -> (form: String, range: Range<Int>)? {
    var index = 0
    while index < bytes.count {
        let close: StaticString
        let start: Int
        if bytes[index] == UInt8(ascii: "<"), starts(bytes, index, "<!--") {
            (close, start) = ("-->", index + 4)
        } else if bytes[index] == UInt8(ascii: "["), starts(bytes, index, "[//]: # (") {
            (close, start) = (")", index + 9)
        } else {
            index += 1
            continue
        }
        // A comment that is never closed hides the rest.
        var end = start
        while end < bytes.count, !starts(bytes, end, close) { end += 1 }
        if isProse(Array(bytes[start..<end])) { return ("a comment", start..<end) }
        index = end
    }
    return nil
}

private func starts(_ bytes: [UInt8], _ index: Int, _ mark: StaticString) -> Bool {
    guard bytes.count - index >= mark.utf8CodeUnitCount else { return false }
    return bytes[index..<(index + mark.utf8CodeUnitCount)].elementsEqual(mark.description.utf8)
}
