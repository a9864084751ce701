import Core
import JSON
import Policy
import TestSupport
import Testing

/// What makes a call approved.
@Suite struct CallDemandTests {
    private static let start = CallTests.now

    private func call(_ demands: ApprovalDemand...) throws -> Call {
        var decision = CallTests.decision(.ask)
        decision.demands = demands
        return try Call(
            id: CallTests.id,
            events: [
                .opened(CallTests.opening()), .decided(decision),
                .proposed(expires: Self.start.advanced(bySeconds: 3600)),
            ].map { CallEvent($0, at: Self.start) })
    }

    /// Lets people say yes in turn; whoever may not is passed over.
    ///
    /// - Returns: who said yes.
    @discardableResult
    private func approve(_ call: inout Call, _ people: Approver..., after seconds: Int = 1, emergency: Bool = false)
        throws -> [String]
    {
        let moment = Self.start.advanced(bySeconds: seconds)
        var said: [String] = []
        for person in people where call.phase == .proposed {
            if call.obstacle(to: person, isEmergency: emergency, at: moment) != nil { continue }
            var verdict = call.proposedVerdict(of: person, at: moment)
            verdict.isEmergency = emergency
            try call.apply(CallEvent(.approved(verdict), at: moment))
            said.append(person.name)
        }
        return said
    }

    private let each = ApprovalDemand(seats: [.init(["finance"]), .init(["legal"])])

    @Test func `one from each of several roles are different people`() throws {
        var call = try call(each)
        try approve(&call, Approver("ben", roles: ["finance", "legal"]))
        #expect(call.phase == .proposed)
        try approve(&call, Approver("ben", roles: ["finance", "legal"]))
        #expect(call.phase == .proposed && call.verdicts.count == 1)
        // Whoever could take either seat moves for whoever can take only one.
        try approve(&call, Approver("fay", roles: ["finance"]))
        #expect(call.phase == .approved)
    }

    @Test func `a role that is there already helps no more`() throws {
        var call = try call(each)
        #expect(
            try approve(&call, Approver("fay", roles: ["finance"]), Approver("fred", roles: ["finance"])) == ["fay"])
        #expect(call.missingRoles(at: Self.start) == ["legal"])
        #expect(try approve(&call, Approver("lea", roles: ["legal"])) == ["lea"])
        #expect(call.phase == .approved)
    }

    @Test func `m of n takes m people`() throws {
        var call = try call(ApprovalDemand(seats: [.init(["manager", "owner"], count: 3)]))
        let people = ["a", "b", "c"].map { Approver($0, roles: ["manager"]) }
        for person in people {
            #expect(call.phase == .proposed)
            try approve(&call, person)
        }
        #expect(call.phase == .approved)
    }

    @Test func `two rules may be met by one person, two seats of one rule may not`() throws {
        var call = try call(ApprovalDemand(roles: ["finance"]), ApprovalDemand(roles: ["legal"]))
        try approve(&call, Approver("ben", roles: ["finance", "legal"]))
        #expect(call.phase == .approved)
    }

    @Test func `others may decide once a call has waited`() throws {
        var demand = ApprovalDemand(roles: ["manager"])
        demand.escalation = .init(after: 600, roles: ["director"])
        let director = Approver("dora", roles: ["director"])
        var call = try call(demand)
        #expect(try approve(&call, director, after: 599) == [])
        #expect(call.missingRoles(at: Self.start.advanced(bySeconds: 600)) == ["director", "manager"])
        #expect(try approve(&call, director, after: 600) == ["dora"])
        #expect(call.phase == .approved)
    }

    @Test func `the acting user confirms, and nobody does it for them`() throws {
        var demand = ApprovalDemand(seats: [], isConfirmation: true)
        demand.breakGlass = ["boss"]
        var call = try call(demand)
        #expect(try approve(&call, Approver("ben", roles: ["manager", "boss"])) == [])
        #expect(try approve(&call, Approver("ana", roles: [])) == [], "somebody else's ana")
        #expect(try approve(&call, Approver("ana", roles: ["boss"], isSure: true), emergency: true) == [])
        #expect(try approve(&call, Approver("ana", roles: [], isSure: true)) == ["ana"])
        #expect(call.phase == .approved)
    }

    @Test func `a confirmation fills no seat`() throws {
        var call = try call(ApprovalDemand(seats: [], isConfirmation: true), ApprovalDemand(roles: ["manager"]))
        try approve(&call, Approver("ana", roles: ["manager"], isSure: true))
        #expect(call.phase == .proposed && !call.awaitsConfirmation)
        try approve(&call, Approver("ben", roles: ["manager"]))
        #expect(call.phase == .approved)
    }

    @Test func `breaking the glass takes a role that every rule names`() throws {
        var first = each
        first.breakGlass = ["oncall", "boss"]
        var second = ApprovalDemand(roles: ["manager"])
        second.breakGlass = ["boss"]
        var call = try call(first, second)
        #expect(call.breakGlassRoles == ["boss"])
        #expect(try approve(&call, Approver("olga", roles: ["oncall"]), emergency: true) == [])
        #expect(try approve(&call, Approver("ana", roles: ["boss"]), emergency: true) == [], "their own call")
        #expect(try approve(&call, Approver("bo", roles: ["boss"]), emergency: true) == ["bo"])
        #expect(call.phase == .approved)
        var other = try self.call(each)
        #expect(try approve(&other, Approver("bo", roles: ["boss"]), emergency: true) == [], "no rule lets anybody")
    }

    @Test func `whoever approves too fast needs a second person`() throws {
        var call = try call(ApprovalDemand(roles: ["manager"]))
        var verdict = call.proposedVerdict(of: Approver("ben", roles: ["manager"]), at: Self.start)
        verdict.isHasty = true
        try call.apply(CallEvent(.approved(verdict), at: Self.start))
        #expect(call.phase == .proposed && call.missingSeats.count == 1)
        try approve(&call, Approver("eve", roles: ["manager"]))
        #expect(call.phase == .approved)
    }

    @Test func `nobody counts twice through a delegate`() throws {
        let two = ApprovalDemand(seats: [.init(["manager"], count: 2)])
        let delegate = Approver("cleo", roles: [], delegated: ["manager": "ben"])
        var call = try call(two)
        #expect(try approve(&call, Approver("ben", roles: ["manager"]), delegate) == ["ben"])
        var other = try self.call(two)
        #expect(try approve(&other, delegate, Approver("ben", roles: ["manager"])) == ["cleo"])
        // Nor through two of them.
        var third = try self.call(two)
        let another = Approver("dan", roles: [], delegated: ["manager": "ben"])
        #expect(try approve(&third, delegate, another) == ["cleo"])
        // Nor does anybody lend the right to decide their own calls.
        var own = try self.call(ApprovalDemand(roles: ["manager"]))
        #expect(try approve(&own, Approver("cleo", roles: [], delegated: ["manager": "ana"])) == [])
        #expect(try approve(&own, delegate) == ["cleo"])
        #expect(own.verdicts[0].delegated == ["manager": "ben"])
    }

    // MARK: Laws

    private struct Generator {
        var random: SplitMix64
        static let roles = ["a", "b", "c"]

        mutating func roles() -> Set<String> {
            Set(Self.roles.filter { _ in Int.random(in: 0..<2, using: &random) == 0 })
        }

        mutating func demand() -> ApprovalDemand {
            var demand = ApprovalDemand(
                seats: (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    ApprovalDemand.Seat(roles(), count: Int.random(in: 1...2, using: &random))
                }, expiresAfter: 60, repeatWindow: 5)
            if Int.random(in: 0..<3, using: &random) == 0 { demand.escalation = .init(after: 10, roles: roles()) }
            if Int.random(in: 0..<3, using: &random) == 0 { demand.breakGlass = roles() }
            demand.isConfirmation = Int.random(in: 0..<4, using: &random) == 0
            let remedies: [ApprovalDemand.Haste.Remedy?] = [nil, .pause(5), .typed, .second]
            if let remedy = remedies[Int.random(in: 0..<4, using: &random)] {
                demand.haste = .init(approvals: 2, seconds: 30, remedy: remedy)
            }
            return demand
        }

        mutating func verdicts() -> [Verdict] {
            (0..<Int.random(in: 0...5, using: &random)).map { Verdict(by: "p\($0)", roles: roles(), channel: "") }
        }
    }

    /// How many seats can be filled at most, by trying every way.
    private func mostFilled(_ seats: ArraySlice<Set<String>>, _ people: [Set<String>]) -> Int {
        guard let seat = seats.first else { return 0 }
        let rest = seats.dropFirst()
        var most = mostFilled(rest, people)
        for index in people.indices where !people[index].isDisjoint(with: seat) {
            var others = people
            others.remove(at: index)
            most = max(most, 1 + mostFilled(rest, others))
        }
        return most
    }

    @Test(arguments: 0..<300) func `people are seated as well as they can be, in whatever order they came`(seed: Int)
        throws
    {
        var generator = Generator(random: SplitMix64(seed: UInt64(seed)))
        var demand = generator.demand()
        demand.escalation = nil
        demand.isConfirmation = false
        let verdicts = generator.verdicts()
        let call = try call(demand)
        let seats = demand.seats.flatMap { seat in repeatElement(seat.roles, count: seat.count) }
        let isFull = mostFilled(seats[...], verdicts.map(\.roles)) == seats.count
        #expect(call.isApproved(by: verdicts) == isFull)
        #expect(call.isApproved(by: verdicts.reversed()) == isFull)
        // One more yes never takes an approval away.
        if isFull { #expect(call.isApproved(by: verdicts + [Verdict(by: "q", roles: ["a"], channel: "")])) }
    }

    @Test(arguments: 0..<100) func `a demand comes back from its stored form`(seed: Int) throws {
        var generator = Generator(random: SplitMix64(seed: UInt64(seed)))
        let demand = generator.demand()
        #expect(ApprovalDemand(json: try JSONParser.parse(demand.json.text)) == demand)
    }

    @Test func `a demand of an earlier version is one seat`() throws {
        let old = try JSONParser.parse(#"{"roles":["lead"],"expires_after":60,"repeat_window":5}"#)
        #expect(ApprovalDemand(json: old) == ApprovalDemand(roles: ["lead"], expiresAfter: 60, repeatWindow: 5))
    }
}
