import JSON
import Policy
import Risk
import Testing

/// Conditions over arguments of which the record lost something.
@Suite struct HiddenTests {
    private func truth(_ condition: Condition, _ hidden: [JSONPointer]) -> Truth {
        var facts = Facts(
            user: "u", agent: "a", tenant: nil, roles: [],
            tool: ToolFacts(name: "t", source: "s", bucket: .write, level: .sideEffect),
            arguments: .known(["note": "[redacted]", "to": ["name": "x"], "amount": 3]), minuteOfDay: .known(0))
        facts.hidden = hidden
        return condition.evaluate(facts)
    }

    private let note = JSONPointer(["note"])

    @Test func `what is hidden is there, and nothing else is known of it`() {
        #expect(truth(.argument(note, .isPresent(true)), [note]) == .yes)
        #expect(truth(.argument(note, .equals("[redacted]")), [note]) == [.yes, .no])
        #expect(truth(.argument(note, .hasPrefix("[")), [note]) == .unknown)
        #expect(truth(.argument(note, .atMost(JSONNumber(1))), [note]) == .unknown)
    }

    @Test func `inside of what is hidden nothing is known`() {
        let name = JSONPointer(["to", "name"])
        #expect(truth(.argument(name, .isPresent(true)), [JSONPointer(["to"])]) == [.yes, .no])
        #expect(truth(.argument(name, .equals("x")), [JSONPointer(["to"])]) == .unknown)
        #expect(truth(.argument(name, .equals("x")), [JSONPointer()]) == .unknown)
    }

    @Test func `a value that holds something hidden is no number`() {
        let place = JSONPointer(["to", "name"])
        #expect(truth(.argument(JSONPointer(["to"]), .equals(["name": "x"])), [place]) == [.yes, .no])
        #expect(truth(.argument(JSONPointer(["to"]), .isPresent(true)), [place]) == .yes)
        #expect(truth(.argument(JSONPointer(["to"]), .atMost(JSONNumber(1))), [place]) == .error)
    }

    @Test func `what is not hidden is judged as ever`() {
        #expect(truth(.argument(JSONPointer(["amount"]), .equals(3)), [note]) == .yes)
    }

    @Test func `what is certain with something hidden holds whatever it was`() {
        for seed in UInt64(0)..<2000 {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            for tool in world.tools {
                var facts = world.facts(tool.facts)
                guard case .known(let arguments) = facts.arguments, arguments["amount"] != nil else { continue }
                facts.hidden = [JSONPointer(["amount"])]
                let early = decide(policy, facts)
                guard early.isCertain else { continue }
                facts.hidden = []
                for value: JSONValue in [-2, 0, 1, 2, 3, "x", true, [:]] {
                    var arguments = arguments
                    arguments["amount"] = value
                    facts.arguments = .known(arguments)
                    #expect(decide(policy, facts).effect == early.effect, "seed \(seed)")
                }
            }
        }
    }
}
