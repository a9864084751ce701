import Core
import JSON
import Testing

@testable import Report

@Suite struct RegisterTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    private func day(_ days: Int) -> Timestamp { start.advanced(bySeconds: days * 86_400) }

    private func finding(_ subject: String, _ severity: Severity = .high) -> Finding {
        Finding(.staleCredential, severity, subject: subject, evidence: "old", file: "sallyport.yaml")
    }

    /// A look's events through the form that the journal keeps.
    private func look(_ register: inout Register, _ findings: [Finding], at time: Timestamp) {
        for event in register.events(seeing: findings, at: time) { apply(&register, event) }
    }

    private func apply(_ register: inout Register, _ event: RegisterEvent) {
        let act: JSONValue = [
            "at": JSONValue(Int(event.at.microseconds)), "act": .string(event.act), "by": .string(event.by),
            "details": .object(event.details),
        ]
        let read = RegisterEvent(json: act)
        #expect(read == event, "what is written is what is read")
        register.apply(read ?? event)
    }

    @Test func `a finding opens, is fixed, and is reopened when it comes back`() {
        var register = Register()
        look(&register, [finding("a"), finding("b")], at: day(0))
        look(&register, [finding("b")], at: day(1))
        #expect(register.findings["stale-credential:a"]?.state(at: day(1)) == .fixed)
        #expect(register.findings["stale-credential:b"]?.state(at: day(1)) == .open)
        look(&register, [finding("a")], at: day(2))
        #expect(register.findings["stale-credential:a"]?.state(at: day(2)) == .reopened)
        #expect(register.findings["stale-credential:a"]?.firstSeen == day(0))
        #expect(
            register.findings["stale-credential:a"]?.steps.map(\.what) == ["found, high", "is gone", "is back, high"])
    }

    @Test func `a look that sees the same says nothing`() {
        var register = Register()
        let findings = (0..<500).map { finding("\($0)") }
        let events = register.events(seeing: findings, at: day(0))
        #expect(events.count == 3, "an act is of a bounded size")
        for event in events { apply(&register, event) }
        #expect(register.events(seeing: findings.reversed(), at: day(1)).isEmpty)
        #expect(register.events(seeing: [], at: day(2)).count == 3)
    }

    @Test func `an acceptance ends with its day, with a graver finding, and with the finding`() {
        var register = Register()
        look(&register, [finding("a"), finding("b", .low), finding("c")], at: day(0))
        for name in ["a", "b", "c"] {
            apply(
                &register,
                RegisterEvent(
                    .accepted(finding: "stale-credential:\(name)", reason: "moves in May", until: day(10)), by: "ben",
                    at: day(1)))
        }
        func state(_ name: String, _ time: Timestamp) -> TrackedFinding.State? {
            register.findings["stale-credential:\(name)"]?.state(at: time)
        }
        #expect(state("a", day(9)) == .accepted)
        #expect(state("a", day(10)) == .reopened, "until is the first moment at which it holds no more")
        look(&register, [finding("a"), finding("b", .high)], at: day(2))
        #expect(state("b", day(2)) == .reopened, "what is graver was not accepted")
        look(&register, [finding("a"), finding("b"), finding("c")], at: day(3))
        #expect(state("c", day(3)) == .reopened, "what comes back was not accepted either")
        apply(
            &register, RegisterEvent(.withdrawn(finding: "stale-credential:a", reason: "no"), by: "ben", at: day(4)))
        #expect(state("a", day(4)) == .reopened)
    }

    @Test func `what is another matter under the same name was not accepted`() {
        var register = Register()
        func seen(_ mark: String) -> Finding {
            var finding = finding("a")
            finding.mark = mark
            return finding
        }
        look(&register, [seen("one")], at: day(0))
        apply(
            &register,
            RegisterEvent(
                .accepted(finding: "stale-credential:a", reason: "harmless", until: day(9)), by: "ben", at: day(1)))
        #expect(register.events(seeing: [seen("one")], at: day(2)).isEmpty)
        look(&register, [seen("two")], at: day(2))
        #expect(register.findings["stale-credential:a"]?.state(at: day(2)) == .reopened)
        #expect(register.findings["stale-credential:a"]?.steps.last?.what == "is another one now")
    }

    @Test func `what a look could not see is not fixed`() {
        var register = Register()
        look(&register, [finding("a"), finding("b")], at: day(0))
        let events = register.events(seeing: [], at: day(1)) { $0 != "stale-credential:a" }
        #expect(events.map(\.kind) == [.gone(["stale-credential:b"])])
    }

    @Test func `overdue is what is open after its day`() throws {
        var register = Register()
        look(&register, [finding("a")], at: day(0))
        apply(
            &register,
            RegisterEvent(
                .assigned(finding: "stale-credential:a", owner: "ops", due: day(3).date), by: "ben", at: day(1)))
        let due = try #require(Timestamp(date: day(3).date))
        func isOverdue(_ time: Timestamp) -> Bool? { register.findings["stale-credential:a"]?.isOverdue(at: time) }
        #expect(isOverdue(due.advanced(bySeconds: 86_399)) == false)
        #expect(isOverdue(due.advanced(bySeconds: 86_400)) == true)
        look(&register, [], at: day(2))
        #expect(isOverdue(day(9)) == false, "what is fixed is not overdue")
        let standing = register.standing(of: [finding("a"), finding("a"), finding("new")], at: day(9))
        #expect(standing.map(\.finding.subject) == ["a", "new"])
        #expect(standing.map(\.owner) == ["ops", nil])
    }

    @Test func `words about what nobody found change nothing`() {
        var register = Register()
        for kind in [
            RegisterEvent.Kind.accepted(finding: "x", reason: "r", until: day(9)), .gone(["x"]),
            .withdrawn(finding: "x", reason: "r"), .assigned(finding: "x", owner: "o", due: nil),
        ] {
            apply(&register, RegisterEvent(kind, by: "ben", at: day(0)))
        }
        #expect(register.findings.isEmpty)
    }

    @Test func `the latest attestation counts, until it ends`() {
        var register = Register()
        for (days, link) in [(0, "https://a.example"), (1, "https://b.example")] {
            apply(
                &register,
                RegisterEvent(
                    .attested(.compliance, link: link, note: nil, until: day(days + 30)), by: "cleo", at: day(days)))
        }
        let attestation = register.attestations[.compliance]
        #expect(attestation?.link == "https://b.example")
        #expect(attestation?.holds(at: day(30)) == true)
        #expect(attestation?.holds(at: day(31)) == false)
    }

    @Test(arguments: [
        "{}", #"{"act":"look","by":"system","at":1,"details":{}}"#,
        #"{"act":"finding-accept","by":"b","at":1,"details":{"finding":"f","reason":"r"}}"#,
        #"{"act":"attest","by":"b","at":1,"details":{"subject":"weather","link":"x","until":1}}"#,
        #"{"act":"vault-put","by":"b","at":1,"details":{}}"#, #"{"act":"look","by":"system","at":"1","details":{}}"#,
    ])
    func `what is of another form is no event`(_ text: String) throws {
        #expect(RegisterEvent(json: try JSONParser.parse(text)) == nil)
    }

    @Test func `a change tells what happened after a moment, and what stood then`() {
        var register = Register()
        look(&register, [finding("a")], at: day(0))
        let then = Look(
            at: day(0), total: 40, grade: "F", vector: nil, version: "v", tools: 2, never: 0, heldBack: 0, suspended: 0,
            open: [.high: 1])
        apply(&register, RegisterEvent(.looked(then), at: day(0)))
        look(&register, [finding("b")], at: day(5))
        let change = GatewayChange(register, since: day(3))
        #expect(change.before == then)
        #expect(change.steps.map(\.finding) == ["stale-credential:a", "stale-credential:b"])
        #expect(GatewayChange(register, since: day(-1)).before == nil)
    }

    @Test(arguments: ["2027-02-28", "2028-02-29", "1970-01-01", "9999-12-31", "0001-01-01", "2000-02-29"])
    func `a day is read as it is written`(_ text: String) {
        #expect(Timestamp(date: text)?.date == text)
    }

    @Test(arguments: [
        "2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "1900-02-29", "2027-1-01", "27-01-01", "2027/01/01", "",
        "2027-01-01T00:00:00Z", "２０２７-01-01",
    ])
    func `what is no day is none`(_ text: String) {
        #expect(Timestamp(date: text) == nil)
    }
}
