import JSON
import Policy
import Risk
import Testing

/// What must hold for every policy and every call, over seeds that are printed with a failure.
@Suite struct PolicyLaws {
    static let seeds = Array(0..<UInt64(4000))

    private func world(_ seed: UInt64) -> (policy: Policy, facts: Facts, generator: Generator) {
        var generator = Generator(seed: seed)
        let policy = generator.policy()
        return (policy, generator.facts(), generator)
    }

    @Test func `decide agrees with the reference`() {
        for seed in 0..<UInt64(40_000) {
            let (policy, facts, _) = world(seed)
            #expect(decide(policy, facts).effect == ReferencePolicy.effect(policy, facts), "seed \(seed)")
        }
    }

    @Test func `no rule is deny`() {
        for seed in Self.seeds {
            let (_, facts, _) = world(seed)
            let decision = decide(Policy(rules: [], version: "v"), facts)
            #expect(decision.isCertainDeny, "seed \(seed)")
        }
    }

    @Test func `deny trumps everything`() {
        for seed in Self.seeds {
            var (policy, facts, generator) = world(seed)
            let rule = generator.rule("extra", effect: .deny)
            let before = decide(policy, facts).effect
            policy.rules.insert(rule, at: Int.random(in: 0...policy.rules.count, using: &generator.random))
            let after = decide(policy, facts).effect
            let applies = rule.applies(to: facts)
            #expect(applies == .no ? after == before : after == .deny, "seed \(seed)")
        }
    }

    @Test func `adding a deny or an ask never widens`() {
        let order: [Effect] = [.deny, .ask, .allow]
        for seed in Self.seeds {
            var (policy, facts, generator) = world(seed)
            let before = decide(policy, facts).effect
            policy.rules.append(generator.rule("extra", effect: .deny))
            let after = decide(policy, facts).effect
            #expect((order.firstIndex(of: after) ?? 9) <= (order.firstIndex(of: before) ?? 9), "seed \(seed)")
        }
    }

    @Test func `order and repetition of rules do not matter`() {
        for seed in Self.seeds {
            var (policy, facts, generator) = world(seed)
            let before = decide(policy, facts).effect
            policy.rules += policy.rules
            policy.rules.shuffle(using: &generator.random)
            #expect(decide(policy, facts).effect == before, "seed \(seed)")
        }
    }

    @Test func `a rule in error denies`() {
        for seed in Self.seeds {
            var (policy, facts, _) = world(seed)
            policy.rules.append(
                Rule(id: "broken", effect: .allow, condition: .argument(JSONPointer(["absent"]), .equals("x"))))
            let decision = decide(policy, facts)
            #expect(decision.isCertainDeny && decision.errors.contains("broken"), "seed \(seed)")
        }
    }

    @Test func `what is certain without the arguments stays so with them`() {
        var certain = 0
        for seed in Self.seeds {
            let (policy, facts, _) = world(seed)
            var blind = facts
            blind.arguments = .unknown
            blind.minuteOfDay = .unknown
            let early = decide(policy, blind)
            guard early.isCertain else { continue }
            certain += 1
            #expect(decide(policy, facts).effect == early.effect, "seed \(seed)")
        }
        #expect(certain > 500, "the law was tried on \(certain) cases only")
    }

    @Test func `a hidden tool is denied for every argument`() {
        for seed in Self.seeds {
            var (policy, facts, generator) = world(seed)
            var blind = facts
            blind.arguments = .unknown
            blind.minuteOfDay = .unknown
            guard decide(policy, blind).isCertainDeny else { continue }
            for _ in 0..<5 {
                facts.arguments = generator.facts().arguments
                #expect(decide(policy, facts).effect == .deny, "seed \(seed)")
            }
        }
    }

    @Test func `what is known is certain`() {
        for seed in Self.seeds {
            let (policy, facts, _) = world(seed)
            #expect(decide(policy, facts).isCertain, "seed \(seed)")
        }
    }

    @Test func `a decision names the rules that made it`() {
        for seed in Self.seeds {
            let (policy, facts, _) = world(seed)
            let decision = decide(policy, facts)
            guard decision.effect != .deny else { continue }
            let alone = Policy(rules: policy.rules.filter { decision.because.contains($0.id) }, version: "v")
            #expect(decide(alone, facts).effect == decision.effect, "seed \(seed)")
        }
    }
}
