import Core
import JSON
import Policy
import Risk

/// Runs the `tests` of a policy: what must be allowed, asked and denied. A failing test keeps the policy from taking
/// force.
struct PolicyTests {
    let reader: Reader
    let policy: Policy
    let tools: [String: Tool]

    func run() {
        for test in reader.child("tests")?.elements ?? [] { run(test) }
    }

    private func run(_ test: Reader) {
        guard test.object(keys: ["user", "agent", "tenant", "roles", "tool", "arguments", "expect"]) != nil,
            let name = test.required("tool")?.string(), let expected = test.required("expect")?.word(Effect.self)
        else { return }
        guard let tool = tools[name] else {
            test.error("unknown-tool", "no source has a tool '\(name)'")
            return
        }
        let principal = Principal(
            user: test.child("user")?.string() ?? "somebody", agent: test.child("agent")?.string() ?? "some-agent",
            tenant: test.child("tenant")?.string(), roles: Set(test.child("roles")?.strings() ?? []), issuer: "test",
            expires: Timestamp(seconds: 0))
        let arguments = test.child("arguments")?.object() ?? JSONObject()
        let facts = Facts(principal, tool.facts, arguments: .known(arguments), minuteOfDay: .known(12 * 60))
        // What is not in the catalogue is denied before any rule is asked.
        let isReachable = tool.bucket != .never && tool.scope.isDeclared
        let decision = decide(policy, facts)
        let effect = isReachable ? decision.effect : .deny
        if effect != expected {
            test.error(
                "policy-test", "the policy test expects \(expected.rawValue), but the call is \(effect.rawValue)",
                hint: isReachable
                    ? decision.explanation
                    : "The tool is \(tool.bucket == .never ? "a never tool" : "without a scope").")
        }
    }
}
