/// How many records an answer holds: the elements of the longest list anywhere in it, or one; none where it is the empty list.
///
/// Read from sound JSON without making a value of it, since every read under a budget of records is counted.
package func countRecords(in text: [UInt8]) -> Int {
    let text = text.span
    var most = 1
    var isEmptyList = false
    /// What is open: for arrays, how many commas there are so far.
    var open: [(isArray: Bool, commas: Int, isEmpty: Bool)] = []
    var index = 0
    while index < text.count {
        let byte = text[index]
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"): break
        case UInt8(ascii: ","): if !open.isEmpty { open[open.count - 1].commas += 1 }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard let closed = open.popLast(), closed.isArray else { break }
            if closed.isEmpty { isEmptyList = open.isEmpty } else { most = max(most, closed.commas + 1) }
        default:
            if !open.isEmpty { open[open.count - 1].isEmpty = false }
            if byte == UInt8(ascii: "\"") {
                index += 1
                while index < text.count, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                open.append((byte == UInt8(ascii: "["), 0, true))
            }
        }
        index += 1
    }
    return isEmptyList ? 0 : most
}
