import JSON
import Policy
import Risk
import TestSupport

/// Makes policies over a world that is small enough to be gone through call by call.
struct SmallWorld {
    var random: SplitMix64
    let tools: [AnalysedTool]

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        tools = ["get", "pay", "drop"].map { name in
            AnalysedTool(
                ToolFacts(
                    name: name, source: "acme", tags: random.chance(50) ? ["billing"] : [],
                    bucket: name == "get" ? .read : .write, level: name == "get" ? .readOnly : .critical,
                    categories: random.chance(50) ? [.financial] : [],
                    isFinalDeletion: name == "drop" && random.chance(50)))
        }
        self.random = random
    }

    var pairs: [ToolPair] { tools.map { ToolPair(old: $0.facts, new: $0.facts, analysed: $0) } }

    mutating func policy(_ most: Int = 5) -> Policy {
        Policy(rules: (0...Int.random(in: 0...most, using: &random)).map { rule("r\($0)") }, version: "v")
    }

    mutating func rule(_ id: String, effect: Effect? = nil) -> Rule {
        let effect = effect ?? random.pick(Effect.allCases) ?? .deny
        return Rule(
            id: id, effect: effect,
            principals: PrincipalMatch(
                users: subset(["ana"]), agents: subset(["desk"]), tenants: subset(["north"]),
                roles: subset(["clerk", "boss"])),
            tools: ToolMatch(
                names: subset(["get", "pay", "drop"]), tags: subset(["billing"]),
                buckets: random.chance(20) ? [.write] : nil, categories: random.chance(20) ? [.financial] : nil),
            except: random.chance(15) ? ToolMatch(names: ["pay"]) : nil,
            condition: random.chance(60) ? condition(2) : nil,
            approval: effect == .ask && random.chance(50)
                ? ApprovalDemand(seats: [.init(["boss"], count: random.chance(50) ? 2 : 1)]) : ApprovalDemand(),
            requirements: effect != .deny && random.chance(25) ? [requirement()] : [])
    }

    /// A fact of one of two ids, asked in one of two ways.
    private mutating func requirement() -> Requirement {
        Requirement(
            id: random.pick(["backup", "stock"]) ?? "", tool: "get", field: JSONPointer(["at"]),
            test: .youngerThan(random.chance(50) ? 3600 : 31_536_000))
    }

    private mutating func subset(_ names: [String]) -> Set<String>? {
        guard random.chance(30) else { return nil }
        let some = Set(names.filter { _ in random.chance(60) })
        return some.isEmpty ? Set(names) : some
    }

    private mutating func number() -> JSONNumber {
        random.pick(["0", "1", "1.5", "2", "-1"]).flatMap { JSONNumber($0) } ?? JSONNumber(0)
    }

    private mutating func condition(_ depth: Int) -> Condition {
        let amount = JSONPointer(["amount"])
        let name = JSONPointer(["to", "name"])
        return switch Int.random(in: 0..<(depth > 0 ? 13 : 10), using: &random) {
        case 0: .argument(amount, .atMost(number()))
        case 1: .argument(amount, .above(number()))
        case 2: .argument(amount, .below(number()))
        case 3: .argument(amount, .atLeast(number()))
        case 4: .argument(amount, .equals(.number(number())))
        case 5: .argument(name, .hasPrefix(random.pick(["a", "ab", "abc"]) ?? ""))
        case 6: .argument(name, .oneOf(["ab", .string(random.pick(["z", "a"]) ?? "")]))
        case 7: .argument(name, .isPresent(random.chance(50)))
        case 8: .argument(amount, .isPresent(random.chance(50)))
        case 9: .timeOfDay(from: 60 * Int.random(in: 0...23, using: &random), to: random.chance(50) ? 600 : 1200)
        case 10: .all((0..<Int.random(in: 0...3, using: &random)).map { _ in condition(depth - 1) })
        case 11: .any((0..<Int.random(in: 0...3, using: &random)).map { _ in condition(depth - 1) })
        default: .not(condition(depth - 1))
        }
    }

    /// Any call of the world; nothing of the analysis is used to make it.
    mutating func facts(_ tool: ToolFacts) -> Facts {
        var arguments = JSONObject()
        if random.chance(85) {
            let text = random.pick(["-2", "-1", "-0.5", "0", "0.5", "1", "1.2", "1.50", "1.7", "2", "2e0", "3"]) ?? "0"
            arguments["amount"] = random.chance(10) ? "many" : JSONNumber(text).map { .number($0) }
        }
        if random.chance(85) {
            let name = random.pick(["", "a", "ab", "abc", "abd", "abcd", "az", "z", "q"]) ?? ""
            arguments["to"] = random.chance(10) ? ["name": 3] : ["name": .string(name)]
        }
        return Facts(
            user: random.pick(["ana", "ben"]) ?? "", agent: random.pick(["desk", "bot"]) ?? "",
            tenant: random.pick(["north", "south", nil]) ?? nil,
            roles: Set(["clerk", "boss", "other"].filter { _ in random.chance(40) }), tool: tool,
            arguments: .known(arguments), minuteOfDay: .known(Int.random(in: 0..<1440, using: &random)))
    }
}
