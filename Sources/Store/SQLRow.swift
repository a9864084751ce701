/// A row while it is read: its texts stand as bytes in memory that the next row uses again.
package struct SQLRow {
    private enum Value {
        case integer(Int64)
        /// Where in ``bytes`` it stands.
        case text(Range<Int>)
        /// Null, or what no reader of rows asks for.
        case other
    }

    private var values: [Value] = []
    private var bytes: [UInt8] = []

    init() {}

    /// How many columns there are.
    package var count: Int { values.count }

    package func int(_ column: Int) -> Int? {
        if case .integer(let value) = values[column] { Int(value) } else { nil }
    }

    /// The text of a column, as UTF-8.
    package func text(_ column: Int) -> ArraySlice<UInt8>? {
        if case .text(let range) = values[column] { bytes[range] } else { nil }
    }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func fill(_ row: [SQLValue]) {
        removeAll()
        for value in row {
            switch value {
            case .integer(let value): append(value)
            case .text(let text): append(utf8: text.utf8)
            case .utf8(let text): append(utf8: text)
            case .null, .double, .blob: appendOther()
            }
        }
    }

    mutating func append(_ integer: Int64) {
        values.append(.integer(integer))
    }

    mutating func appendOther() {
        values.append(.other)
    }

    private mutating func append(utf8 text: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        values.append(.text(start..<bytes.count))
    }

    /// Appends a text as the database has it. What is not UTF-8 there, which only others can have written, becomes what a `String` made
    /// of it is, so that all who read a row read the same.
    mutating func append(text: UnsafeBufferPointer<UInt8>) {
        let start = bytes.count
        unsafe bytes.append(contentsOf: text)
        if (try? UTF8Span(validating: bytes.span.extracting(start...))) == nil {
            bytes.removeSubrange(start...)
            bytes.append(contentsOf: unsafe String(decoding: text, as: UTF8.self).utf8)
        }
        values.append(.text(start..<bytes.count))
    }
}
