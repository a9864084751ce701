import JSON
import Policy
import Testing

@Suite struct StrictnessTests {
    private func demand(_ seats: [ApprovalDemand.Seat], _ change: (inout ApprovalDemand) -> Void = { _ in })
        -> ApprovalDemand
    {
        var demand = ApprovalDemand(seats: seats)
        change(&demand)
        return demand
    }

    @Test func `more people, or fewer who may, are as strict and not the other way`() {
        let one = demand([.init(["boss"])])
        let two = demand([.init(["boss"], count: 2)])
        let either = demand([.init(["boss", "clerk"])])
        #expect(two.isAsStrict(as: one) && !one.isAsStrict(as: two))
        #expect(one.isAsStrict(as: either) && !either.isAsStrict(as: one))
        #expect(one.isAsStrict(as: one))
    }

    @Test func `seats are matched, so that their order does not matter`() {
        let narrow = demand([.init(["a", "b"]), .init(["a"])])
        let wide = demand([.init(["a"]), .init(["a", "b"])])
        #expect(narrow.isAsStrict(as: wide) && wide.isAsStrict(as: narrow))
        // One person cannot take both seats.
        #expect(!demand([.init(["a"])]).isAsStrict(as: wide))
        // The first seat takes what the second needs, and gives way.
        let mixed = demand([.init(["a"]), .init(["c"])])
        #expect(mixed.isAsStrict(as: demand([.init(["a", "c"]), .init(["a"])])))
    }

    @Test(
        arguments: [
            { (demand: inout ApprovalDemand) in demand.expiresAfter += 1 },
            { $0.runsOnApproval = true },
            { $0.breakGlass = ["boss"] },
            { $0.escalation = .init(after: 60, roles: ["clerk"]) },
        ] as [@Sendable (inout ApprovalDemand) -> Void])
    func `what makes a yes easier or longer is less strict`(change: @Sendable (inout ApprovalDemand) -> Void) {
        let plain = demand([.init(["boss"])])
        let changed = demand([.init(["boss"])]) { change(&$0) }
        #expect(!changed.isAsStrict(as: plain) && plain.isAsStrict(as: changed))
        let (before, after) = (Ruling(effect: .ask, demands: [plain]), Ruling(effect: .ask, demands: [changed]))
        #expect(after.isWider(than: before) && !before.isWider(than: after))
    }

    @Test func `the user's confirmation takes nobody's place, and a form is less than signing in`() {
        let confirmed = demand([]) { $0.isConfirmation = true }
        let form = demand([]) {
            $0.isConfirmation = true
            $0.acceptsForm = true
        }
        let boss = demand([.init(["boss"])])
        #expect(!confirmed.isAsStrict(as: boss) && !boss.isAsStrict(as: confirmed))
        #expect(confirmed.isAsStrict(as: form) && !form.isAsStrict(as: confirmed))
        #expect(Ruling(effect: .ask, demands: [confirmed]).approvals == 0)
    }

    @Test func `haste that is slowed down is stricter, and the effect comes first`() {
        let slow = demand([.init(["boss"])]) { $0.haste = .init(approvals: 3, seconds: 60, remedy: .typed) }
        #expect(slow.isAsStrict(as: demand([.init(["boss"])])) && !demand([.init(["boss"])]).isAsStrict(as: slow))
        #expect(Ruling(effect: .allow).isWider(than: Ruling(effect: .ask, demands: [slow])))
        #expect(!Ruling.denied.isWider(than: Ruling(effect: .allow)))
    }

    private func fact(_ seconds: Int) -> Requirement {
        Requirement(id: "backup", tool: "get", field: JSONPointer(["at"]), test: .youngerThan(seconds))
    }

    @Test func `a fact less is wider, whoever is asked instead`() {
        let asked = Ruling(effect: .ask, demands: [demand([.init(["boss"])])])
        let allowed = Ruling(effect: .allow, requirements: [fact(3600)])
        #expect(Ruling(effect: .allow).isWider(than: allowed) && !allowed.isWider(than: Ruling(effect: .allow)))
        #expect(asked.isWider(than: allowed) && allowed.isWider(than: asked))
        var both = asked
        both.requirements = [fact(3600)]
        #expect(!both.isWider(than: allowed) && !Ruling.denied.isWider(than: allowed))
        #expect(allowed.isWider(than: .denied))
    }

    @Test func `a fact is the same where it is asked alike, not where its id is`() {
        let (young, old) = (fact(3600), fact(31_536_000))
        let before = Ruling(effect: .allow, requirements: [young])
        #expect(Ruling(effect: .allow, requirements: [old]).isWider(than: before))
        #expect(!Ruling(effect: .allow, requirements: [old, young]).isWider(than: before))
        #expect(Ruling(effect: .allow, namedRequirements: ["backup"]).isWider(than: before))
        let named = Ruling(effect: .allow, namedRequirements: ["backup", "stock"])
        #expect(named.defining([young]) == Ruling(effect: .allow, requirements: [young], namedRequirements: ["stock"]))
        #expect(named.defining([young, old]) == named)
    }

    @Test func `texts of a fact are compared by their bytes`() {
        func fact(_ text: String) -> Requirement {
            Requirement(
                id: "a", tool: "t", arguments: ["x": .constant(.string(text))], field: JSONPointer([text]),
                test: .youngerThan(1))
        }
        func address(_ text: String) -> Requirement.Place { .address(.init(url: text, secret: text)) }
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(fact(composed) != fact(decomposed) && fact(composed) == fact(composed))
        #expect(address(composed) != address(decomposed) && address(composed) == address(composed))
        #expect(Requirement.Place.tool(composed) != .tool(decomposed))
        #expect(
            Requirement(
                id: "a", tool: "t", arguments: [composed: .constant(1)], field: JSONPointer(["f"]),
                test: .youngerThan(1))
                != Requirement(
                    id: "a", tool: "t", arguments: [decomposed: .constant(1)], field: JSONPointer(["f"]),
                    test: .youngerThan(1)))
    }

    @Test func `approvals are the people that the strictest demand takes, and one where an emergency does`() {
        let two = demand([.init(["a"], count: 2)])
        let one = demand([.init(["b"])])
        #expect(Ruling(effect: .ask, demands: [two, one]).approvals == 2)
        let glass = demand([.init(["a"], count: 2)]) { $0.breakGlass = ["owner"] }
        #expect(Ruling(effect: .ask, demands: [glass]).approvals == 1)
        #expect(Ruling(effect: .ask, demands: [glass, one]).approvals == 2)
        #expect(Ruling(effect: .allow).approvals == 0)
    }
}
