import Store
import Testing

@Suite struct SQLTests {
    @Test func `values become bindings in their order`() {
        let statement: SQL = "SELECT \(1), \("a"), \(nil as String?), \([1, 2] as [UInt8])"
        #expect(statement.text == "SELECT $1, $2, $3, $4")
        #expect(statement.bindings == [.integer(1), .text("a"), .null, .blob([1, 2])])
    }

    @Test func `text from outside never becomes statement`() {
        let name = "x'; DROP TABLE entries; --"
        let statement: SQL = "SELECT \(name)"
        #expect(statement.text == "SELECT $1")
    }

    @Test func `parts are renumbered`() {
        let part: SQL = "b = \(2) AND c = \(3)"
        var statement: SQL = "a = \(1) AND \(part)"
        #expect(statement.text == "a = $1 AND b = $2 AND c = $3")
        statement += part
        #expect(statement.text == "a = $1 AND b = $2 AND c = $3b = $4 AND c = $5")
        #expect(statement.bindings == [.integer(1), .integer(2), .integer(3), .integer(2), .integer(3)])
        let many = (0..<12).reduce(into: "" as SQL) { $0 += "\($1) " }
        #expect(many.text == "$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 ")
        statement = "x \(0) "
        statement += many
        #expect(statement.text == "x $1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 $13 ")
        let dollars: SQL = "'$' || '$x' || \(1)"
        statement = "\(0) "
        statement += dollars
        #expect(statement.text == "$1 '$' || '$x' || $2")
    }

    @Test func `a statement takes other values`() {
        let statement: SQL = "SELECT $1"
        #expect(statement.bound([.integer(4)]).text == "SELECT $1")
        #expect(statement.bound([.integer(4)]).bindings == [.integer(4)])
    }
}
