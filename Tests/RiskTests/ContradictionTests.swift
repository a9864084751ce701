import Risk
import Testing

@Suite struct ContradictionTests {
    private func kinds(_ subject: RiskSubject) -> [Contradiction.Kind] {
        classify(subject).contradictions.map(\.kind)
    }

    @Test func `claims against the evidence are contradictions`() {
        var subject = RiskSubject(name: "delete_user")
        #expect(kinds(subject) == [])
        subject.annotations.readOnly = true
        #expect(kinds(subject) == [.declaredReadOnly])
        subject.annotations.destructive = false
        #expect(kinds(subject) == [.declaredReadOnly, .declaredNotDestructive])
        subject.annotations.destructive = true
        #expect(kinds(subject) == [.declaredReadOnly, .declaredBoth])
        let deletes = RiskSubject(
            name: "thing", method: "DELETE", path: "/things/{id}", annotations: .init(destructive: false))
        #expect(kinds(deletes) == [.declaredNotDestructive])
    }

    @Test func `a method against the name is a contradiction`() {
        #expect(kinds(RiskSubject(name: "removeMember", method: "GET", path: "/members/remove")) == [.readingMethod])
        #expect(kinds(RiskSubject(name: "getMember", method: "DELETE", path: "/members/{id}")) == [.changingMethod])
        #expect(kinds(RiskSubject(name: "getMember", method: "GET", path: "/members/{id}")) == [])
    }

    @Test func `what nobody understands contradicts no claim`() {
        #expect(kinds(RiskSubject(name: "frobnicate", annotations: .init(readOnly: true))) == [])
    }

    @Test func `a contradiction lowers the confidence`() {
        let risk = classify(RiskSubject(name: "delete_user", annotations: .init(readOnly: true)))
        #expect(risk.level == .critical)
        #expect(risk.confidence == .low)
    }
}
