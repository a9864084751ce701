import JSON
import Policy
import Risk
import Testing

@Suite struct PrincipalMatchTests {
    /// Two names that look alike and are one to Swift's `==`, as those of two people may be.
    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    private func decision(_ match: PrincipalMatch, user: String = "ana", tenant: String? = nil, roles: Set<String> = [])
        -> Effect
    {
        let policy = Policy(rules: [Rule(id: "r", effect: .allow, principals: match)], version: "1")
        let facts = Facts(
            user: user, agent: user, tenant: tenant, roles: roles,
            tool: ToolFacts(name: "t", source: "s", bucket: .read, level: .readOnly), arguments: .known([:]),
            minuteOfDay: .known(0))
        return decide(policy, facts).effect
    }

    @Test func `a rule speaks of whom it names, byte by byte`() {
        for match in [PrincipalMatch(users: [composed]), PrincipalMatch(agents: [composed])] {
            #expect(decision(match, user: composed) == .allow)
            #expect(decision(match, user: decomposed) == .deny)
        }
        #expect(decision(PrincipalMatch(tenants: [composed]), tenant: composed) == .allow)
        #expect(decision(PrincipalMatch(tenants: [composed]), tenant: decomposed) == .deny)
        #expect(decision(PrincipalMatch(roles: ["a", composed]), roles: [composed, "b"]) == .allow)
        #expect(decision(PrincipalMatch(roles: ["a", composed]), roles: [decomposed, "b"]) == .deny)
    }
}
