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
        guard
            test.object(keys: ["user", "agent", "tenant", "roles", "tool", "arguments", "approvals", "expect"])
                != nil,
            let name = test.required("tool")?.string(), let expected = test.required("expect")?.word(Expected.self)
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
        var found = Expected(isReachable ? decision.effect : .deny)
        if found == .ask, let approvals = test.child("approvals"),
            isApproved(approvals, decision, principal, tool.reference)
        {
            found = .approved
        }
        if found != expected {
            test.error(
                "policy-test", "the policy test expects \(expected.rawValue), but the call is \(found.rawValue)",
                hint: isReachable
                    ? decision.explanation
                    : "The tool is \(tool.bucket == .never ? "a never tool" : "without a scope").")
        }
    }

    /// What becomes of a call.
    private enum Expected: String, CaseIterable {
        case allow, ask, deny
        /// It is asked, and the approvals are enough.
        case approved

        init(_ effect: Effect) {
            self =
                switch effect {
                case .allow: .allow
                case .ask: .ask
                case .deny: .deny
                }
        }
    }

    /// Whether the people of a test, one after the other, get the call approved. Whoever may not approve is passed over.
    private func isApproved(
        _ approvals: Reader, _ decision: Decision, _ principal: Principal, _ reference: ToolReference
    ) -> Bool {
        let start = Timestamp(seconds: 0)
        let opening = Opening(
            principal: principal, reference: reference, arguments: [:], digest: Digest(of: []), idempotencyKey: nil,
            trace: nil, snapshot: "")
        do {
            var call = try Call(
                id: CallID(at: start, random: (0, 0)),
                events: [.opened(opening), .decided(decision), .proposed(expires: start)].map {
                    CallEvent($0, at: start)
                })
            for approval in approvals.elements {
                guard approval.object(keys: ["by", "roles", "after", "break-glass"]) != nil,
                    let name = approval.required("by")?.string(), call.phase == .proposed
                else { continue }
                let after = approval.child("after")?.duration(in: 0...2_592_000) ?? 0
                let moment = start.advanced(bySeconds: after)
                let person = Approver(
                    name, roles: Set(approval.child("roles")?.strings() ?? []), isSure: true)
                let isEmergency = approval.child("break-glass")?.bool() ?? false
                if call.obstacle(to: person, isEmergency: isEmergency, at: moment) != nil { continue }
                var verdict = call.proposedVerdict(of: person, at: moment)
                verdict.isEmergency = isEmergency
                try call.apply(CallEvent(.approved(verdict), at: moment))
            }
            return call.phase == .approved
        } catch {
            return false
        }
    }
}
