import JSON
import Testing

@testable import Policy

@Suite struct CellTests {
    private func number(_ text: String) throws -> JSONNumber { try #require(JSONNumber(text)) }

    @Test(arguments: [
        ("0", "1"), ("50", "51"), ("1.5", "1.6"), ("-3", "-2"), ("-1", "1"), ("0", "1e-400"), ("-1e-400", "0"),
        ("1e400", "1e401"), ("9007199254740992", "9007199254740993"), ("0.1", "0.10000000000000000001"),
        ("-0.2", "-0.1"), ("99999999999999999999", "100000000000000000000"), ("-1e30", "-9e29"),
    ])
    func `there is a number between any two`(low: String, high: String) throws {
        let (low, high) = (try number(low).decimal, try number(high).decimal)
        let between = try #require(numberBetween(low, high)).decimal
        #expect(low < between && between < high)
        let above = try #require(numberBetween(high, nil)).decimal
        let below = try #require(numberBetween(nil, low)).decimal
        #expect(high < above && below < low)
    }

    @Test func `whole numbers come first`() throws {
        #expect(numberBetween(try number("50").decimal, nil)?.text == "51")
        #expect(numberBetween(try number("10").decimal, try number("20").decimal)?.text == "11")
    }

    @Test func `a bound has three cells of numbers, one of other types and one of nothing`() throws {
        let cells = cells(of: [.atMost(JSONNumber(50)), .below(JSONNumber(50)), .isPresent(true)])
        #expect(cells.isWhole)
        #expect(cells.values.count == 5)
        #expect(cells.values.contains { $0 == nil })
    }

    @Test func `prefixes inside each other have a cell each`() {
        let cells = cells(of: [.hasPrefix("a"), .hasPrefix("ab")])
        let texts = cells.values.compactMap { $0?.string }
        #expect(texts.contains { $0.hasPrefix("ab") })
        #expect(texts.contains { $0.hasPrefix("a") && !$0.hasPrefix("ab") })
        #expect(texts.contains { !$0.hasPrefix("a") })
        // And what is no text, which is like nothing at all.
        #expect(cells.values.count == 4)
    }

    @Test func `a value of the schema stands for its cell`() {
        let cells = cells(of: [.equals("EUR")], preferring: ["USD"])
        #expect(cells.values.contains("USD") && cells.values.contains("EUR"))
    }

    @Test func `where a longer text is not found, not every cell has a value`() {
        let letters = (0x20...0x7E).map { String(UnicodeScalar(UInt8($0))) }
        let all: Set<Comparison> = Set(letters.map { .hasPrefix("p" + $0) } + [.hasPrefix("p"), .equals("p")])
        #expect(!cells(of: all).isWhole)
    }

    @Test func `what is neither a number nor text has a cell of its own, whatever constants there are`() {
        let constants: [JSONValue] = [
            .null, true, false, [], ["other"], ["other-0"], ["other-0": true], [:], ["other-2"],
        ]
        let cells = cells(of: Set(constants.map { .equals($0) } + [.hasPrefix("a"), .atMost(JSONNumber(1))]))
        let others = cells.values.filter { value in
            guard let value, value.string == nil, value.number == nil else { return false }
            return !constants.contains(value)
        }
        #expect(cells.isWhole && !others.isEmpty)
    }

    @Test func `values are put at places that are not there yet`() {
        let object = JSONObject().placing(3, at: JSONPointer(["a", "b"]))
        #expect(JSONValue.object(object) == ["a": ["b": 3]])
        #expect(JSONValue.object(object.placing(nil, at: JSONPointer(["a", "b"]))) == ["a": [:]])
        let list = JSONObject(dictionaryLiteral: ("l", [1, 2])).placing(5, at: JSONPointer(["l", "1"]))
        #expect(JSONValue.object(list) == ["l": [1, 5]])
    }
}
