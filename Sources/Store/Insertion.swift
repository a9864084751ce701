/// One row for a table. Rows of one kind can be inserted by one statement, at half the cost.
package struct Insertion: Sendable {
    /// Where rows go, and what columns they have.
    package final class Kind: Sendable {
        let columnCount: Int
        /// The statements for 1, 2, 4 … rows.
        private let texts: [String]

        /// - Parameters:
        ///   - table: the table, with the names of its columns in parentheses.
        ///   - columnCount: how many there are.
        package init(_ table: StaticString, columnCount: Int) {
            self.columnCount = columnCount
            texts = (0...Self.largestPower).map { power in
                let rows = (0..<(1 << power)).map { row in
                    "(" + (1...columnCount).map { "$\(row * columnCount + $0)" }.joined(separator: ", ") + ")"
                }
                return "INSERT INTO \(table) VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING"
            }
        }

        /// As few statements as possible that together insert so many rows; each with the number of its rows.
        func statements(_ rowCount: Int) -> [(text: String, rowCount: Int)] {
            var statements: [(String, Int)] = []
            var rest = rowCount
            while rest > 0 {
                let power = min(Self.largestPower, Int.bitWidth - 1 - rest.leadingZeroBitCount)
                statements.append((texts[power], 1 << power))
                rest -= 1 << power
            }
            return statements
        }

        /// The statement for one row.
        var statement: String { texts[0] }

        private static let largestPower = 6
    }

    let kind: Kind
    /// As many as the kind has columns.
    var values: [SQLValue]

    package init(_ kind: Kind, _ values: [SQLValue]) {
        self.kind = kind
        self.values = values
    }
}
