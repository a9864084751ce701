import Core
import Engine
import Policy
import Testing

// Budgets, and outcomes that are found out afterwards.
extension JournalConformance {
    func anUnknownOutcomeIsReconciledOnce() async throws {
        let admitted = try sample.admitted()
        #expect(try await journal.append(admitted))
        let unknown = try Addition(to: admitted.call, .settled(Outcome(kind: .unknown)))
        var early = unknown.call
        let event = CallEvent(.reconciled(Outcome(kind: .result), by: "ben"), at: Sample.start)
        try early.apply(event)
        let reconciled = Addition(call: early, events: [event], durability: .now)
        #expect(try await journal.append(reconciled) == false, "nothing is settled yet")
        #expect(try await journal.append(unknown))
        #expect(try await winners(20) { _ in reconciled } == 1)
        #expect(try await journal.call(admitted.call.id) == reconciled.call)
        #expect(try await journal.calls(in: .settled, limit: 9).count == 1)
        try await positionsAreGapless(count: 3)
    }

    private func part(_ key: String, _ amount: Int64, most: Int64 = 10, until: Int = 60) -> Reservation {
        Reservation(
            Budget(id: key, per: .user, period: .seconds(60), unit: .calls, most: most), account(key), amount: amount,
            until: Sample.start.advanced(bySeconds: until))
    }

    private func account(_ name: String) -> Account {
        Account(budget: name, unit: .calls, who: "ana", time: .period(seconds: 60, number: 7))
    }

    private func spent(_ name: String) async throws -> Int64 { try await journal.spent(account(name).key) }

    private func admitted(_ parts: Reservation...) throws -> Addition {
        let plain = try sample.admitted()
        return Addition(call: plain.call, events: plain.events, durability: .now, reservations: parts)
    }

    func budgetsAreTakenWithTheAdmissionOrNotAtAll() async throws {
        #expect(try await journal.append(try admitted(part("a", 6), part("b", 10))))
        #expect(try await spent("a") == 6)
        let over = try admitted(part("a", 4), part("b", 1))
        let error = await #expect(throws: OverBudget.self) { _ = try await journal.append(over) }
        #expect(error?.reservation.account == account("b"))
        #expect(try await journal.call(over.call.id) == nil)
        #expect(try await spent("a") == 6)
        await #expect(throws: OverBudget.self) { _ = try await journal.append(try admitted(part("c", 11))) }
        #expect(try await spent("c") == 0)

        let small = try admitted(part("a", 2))
        #expect(try await journal.append(small))
        #expect(try await journal.append(small) == false, "an admission that does not count takes nothing")
        #expect(try await spent("a") == 8)
        #expect(try await journal.append(try admitted(part("a", 2))), "all of it may be taken")
        #expect(try await journal.search(EntryFilter()).count == 3)
    }

    func budgetsAreCorrectedWithTheOutcome() async throws {
        let first = try admitted(part("a", 6))
        #expect(try await journal.append(first))
        var back = part("a", -6)
        back.isSettled = true
        let plain = try Addition(settling: first.call, durability: .withNext)
        let settled = Addition(call: plain.call, events: plain.events, durability: .withNext, reservations: [back])
        #expect(try await journal.append(settled))
        #expect(try await journal.call(first.call.id)?.phase == .settled)
        #expect(try await spent("a") == 0)
        // What came is counted whatever is left, and nothing goes below zero.
        for (key, amount, sum) in [("c", 25, 26), ("d", -99, 0)] as [(String, Int64, Int64)] {
            let next = try admitted(part(key, 1))
            #expect(try await journal.append(next))
            var more = part(key, amount)
            more.isSettled = true
            let plain = try Addition(settling: next.call)
            #expect(
                try await journal.append(
                    Addition(call: plain.call, events: plain.events, durability: .now, reservations: [more])))
            #expect(try await spent(key) == sum)
        }
    }

    func whatIsLeftOfPartsIsGivenBack() async throws {
        #expect(try await journal.append(try admitted(part("a", 8))))
        var back = part("a", -5)
        back.isSettled = true
        try await journal.correct([back, part("never", -1)])
        #expect(try await spent("a") == 3)
        #expect(try await spent("never") == 0)
        try await journal.correct([])
    }

    func budgetsAreNotPassedUnderConcurrency() async throws {
        let part = part("a", 3)
        let additions = try (0..<50).map { _ in try admitted(part) }
        let count = await withTaskGroup(of: Bool.self) { group in
            for addition in additions { group.addTask { (try? await journal.append(addition)) ?? false } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 3)
        #expect(try await spent("a") == 9)
        try await positionsAreGapless(count: 3)
    }

    func whatWasSpentIsForgottenWithItsTime() async throws {
        #expect(try await journal.append(try admitted(part("a", 6), part("b", 6, until: 120))))
        try await journal.discardKept(at: Sample.start.advanced(bySeconds: 60))
        #expect(try await spent("a") == 0)
        #expect(try await spent("b") == 6)
    }
}
