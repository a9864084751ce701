import JSON
import Policy
import Risk
import Testing

@Suite struct ConditionTests {
    private func facts(_ arguments: JSONObject) -> Facts {
        Facts(
            user: "ana", agent: "a", tenant: nil, roles: [],
            tool: ToolFacts(name: "t", source: "s", bucket: .write, level: .sideEffect), arguments: .known(arguments),
            minuteOfDay: .known(600))
    }

    @Test(arguments: [
        (Comparison.atMost(JSONNumber(50)), JSONValue(50), Truth.yes),
        (.atMost(JSONNumber(50)), JSONValue(51), .no),
        (.below(JSONNumber(50)), JSONValue(50), .no),
        (.above(JSONNumber(50)), "60", .error),
        (.equals(JSONValue(1)), JSONValue(1), .yes),
        (.oneOf(["a", "b"]), "b", .yes),
        (.hasPrefix("ac"), "acme", .yes),
        (.hasPrefix("ac"), JSONValue(3), .error),
        (.isPresent(true), "x", .yes),
    ])
    func `a comparison judges a value`(comparison: Comparison, value: JSONValue, expected: Truth) {
        let condition = Condition.argument(JSONPointer(["value"]), comparison)
        #expect(condition.evaluate(facts(["value": value])) == expected)
    }

    @Test func `numbers compare exactly`() throws {
        let big = try #require(JSONNumber("9007199254740993"))
        let limit = try #require(JSONNumber("9007199254740992"))
        let condition = Condition.argument(JSONPointer(["value"]), .atMost(limit))
        #expect(condition.evaluate(facts(["value": .number(big)])) == .no)
    }

    @Test func `a missing argument is an error and absence can be asked for`() {
        #expect(Condition.argument(JSONPointer(["value"]), .atMost(JSONNumber(1))).evaluate(facts([:])) == .error)
        #expect(Condition.argument(JSONPointer(["value"]), .isPresent(false)).evaluate(facts([:])) == .yes)
    }

    @Test func `prefixes compare bytes, not characters`() {
        let condition = Condition.argument(JSONPointer(["value"]), .hasPrefix("K"))
        #expect(condition.evaluate(facts(["value": "\u{212A}elvin"])) == .no)
    }

    @Test func `a window may span midnight`() {
        #expect(Condition.timeOfDay(from: 1320, to: 660).evaluate(facts([:])) == .yes)
        #expect(Condition.timeOfDay(from: 660, to: 1320).evaluate(facts([:])) == .no)
    }

    @Test func `a no decides a conjunction whatever else is wrong`() {
        #expect(Truth.all([.error, .no]) == .no)
        #expect(Truth.any([.error, .yes]) == .yes)
        #expect(Truth.all([.error, .unknown]) == [.no, .error])
    }
}
