import JSON
import Policy
import Risk
import TestSupport

/// Makes policies and facts over a small world, so that rules and calls meet often.
struct Generator {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    private static let users = ["ana", "ben"]
    private static let roles = ["sales", "manager", "auditor"]
    private static let tools = ["get_deal", "refund", "delete_deal"]

    mutating func policy(maxRules: Int = 6) -> Policy {
        let count = Int.random(in: 0...maxRules, using: &random)
        return Policy(rules: (0..<count).map { rule("r\($0)") }, version: "v")
    }

    mutating func rule(_ id: String, effect: Effect? = nil) -> Rule {
        Rule(
            id: id, effect: effect ?? random.pick(Effect.allCases) ?? .deny,
            principals: PrincipalMatch(
                users: subset(Self.users), agents: nil, tenants: subset(["north", "south"]), roles: subset(Self.roles)),
            tools: ToolMatch(
                names: subset(Self.tools), buckets: random.chance(30) ? [random.chance(50) ? .read : .write] : nil,
                levels: random.chance(20) ? [random.chance(50) ? .readOnly : .critical] : nil,
                categories: random.chance(20) ? [.financial] : nil),
            except: random.chance(15) ? ToolMatch(names: ["refund"]) : nil,
            condition: random.chance(50) ? condition(depth: 2) : nil)
    }

    private mutating func subset(_ elements: [String]) -> Set<String>? {
        random.chance(70) ? nil : Set(elements.filter { _ in random.chance(60) })
    }

    private mutating func condition(depth: Int) -> Condition {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: .argument(JSONPointer(["amount"]), .atMost(JSONNumber(Int.random(in: 0...3, using: &random))))
        case 1: .argument(JSONPointer(["amount"]), .above(JSONNumber(Int.random(in: 0...3, using: &random))))
        case 2: .argument(JSONPointer(["currency"]), .oneOf(["EUR", "USD"]))
        case 3: .argument(JSONPointer(["note"]), .isPresent(random.chance(50)))
        case 4: .timeOfDay(from: 60 * Int.random(in: 0...23, using: &random), to: 720)
        case 5: .all((0..<Int.random(in: 0...3, using: &random)).map { _ in condition(depth: depth - 1) })
        case 6: .any((0..<Int.random(in: 0...3, using: &random)).map { _ in condition(depth: depth - 1) })
        default: .not(condition(depth: depth - 1))
        }
    }

    mutating func facts() -> Facts {
        var arguments = JSONObject()
        if random.chance(70) {
            arguments["amount"] = random.chance(15) ? "many" : JSONValue(Int.random(in: 0...4, using: &random))
        }
        if random.chance(70) { arguments["currency"] = random.chance(60) ? "EUR" : "XXX" }
        if random.chance(30) { arguments["note"] = "n" }
        let isRead = random.chance(50)
        return Facts(
            user: random.pick(Self.users) ?? "", agent: "agent",
            tenant: random.chance(80) ? random.pick(["north", "south"]) : nil,
            roles: Set(Self.roles.filter { _ in random.chance(40) }),
            tool: ToolFacts(
                name: random.pick(Self.tools) ?? "", source: "acme", bucket: isRead ? .read : .write,
                level: isRead ? .readOnly : .critical, categories: random.chance(40) ? [.financial] : [],
                isFinalDeletion: !isRead && random.chance(20)),
            arguments: .known(arguments), minuteOfDay: .known(Int.random(in: 0..<1440, using: &random)))
    }
}
