import Core
import Engine
import JSON
import Policy
import Testing

/// What every journal has to do, whatever it is made of. Each check begins with a journal that is empty.
struct JournalConformance {
    let journal: any Journal
    let sample = Sample()

    // MARK: Additions

    func appendsAndVersions() async throws {
        let first = try sample.admitted()
        #expect(try await journal.call(first.call.id) == nil)
        #expect(try await journal.append(first))
        #expect(try await journal.call(first.call.id) == first.call)

        let second = try Addition(settling: first.call)
        #expect(try await journal.append(second))
        #expect(try await journal.call(first.call.id) == second.call)
        #expect(try await journal.call(first.call.id)?.version == 4)

        #expect(try await journal.append(second) == false, "the version has moved on")
        #expect(try await journal.append(first) == false, "the id is taken")
        let unknown = try sample.admitted()
        #expect(try await journal.append(Addition(settling: unknown.call)) == false, "no such call")
        #expect(try await journal.call(unknown.call.id) == nil)
        let nothing = Addition(call: second.call, events: [], durability: .now)
        #expect(try await journal.append(nothing) == false, "nothing to add")
        #expect(try await journal.search(EntryFilter()).count == 2, "what does not count leaves no entry")
    }

    func promisesAreSeenByWhoReadsLater() async throws {
        let denied = try sample.denied(durability: .withNext)
        #expect(try await journal.append(denied))
        #expect(try await journal.call(denied.call.id) == denied.call)

        let admitted = try sample.admitted()
        #expect(try await journal.append(admitted))
        #expect(try await journal.append(Addition(settling: admitted.call, durability: .withNext)))
        #expect(try await journal.call(admitted.call.id)?.phase == .settled)
        try await journal.record(Act("vault-put", by: "root", at: Sample.start), durability: .withNext)
        #expect(try await journal.search(EntryFilter()).count == 4)
    }

    func promiseOnAStaleVersionHasNoEffect() async throws {
        let admitted = try sample.admitted()
        #expect(try await journal.append(admitted))
        let unknown = try Addition(to: admitted.call, .settled(Outcome(kind: .unknown)))
        #expect(try await journal.append(unknown))
        _ = try await journal.append(Addition(settling: admitted.call, durability: .withNext))
        #expect(try await journal.call(admitted.call.id) == unknown.call)
        #expect(try await journal.search(EntryFilter()).count == 2)
    }

    func compareAndSetUnderConcurrency() async throws {
        let proposal = try sample.proposed()
        #expect(try await journal.append(proposal))
        let approval = try Addition(to: proposal.call, .approved(.lead))
        #expect(try await winners(50) { _ in approval } == 1)
        let admission = try Addition(to: approval.call, .admitted)
        #expect(try await winners(50) { _ in admission } == 1)
        let opening = try sample.admitted()
        #expect(try await winners(50) { _ in opening } == 1)
        #expect(try await journal.call(proposal.call.id) == admission.call)
        try await positionsAreGapless(count: 4)
    }

    func winners(
        _ count: Int, _ addition: @escaping @Sendable (Int) throws -> Addition
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<count {
                group.addTask { [journal] in try await journal.append(try addition(index)) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    // MARK: Proposals, keys, repeats

    func oneOpenProposalForEachDigest() async throws {
        let opening = Sample.opening(digest: Sample.digest("pay"))
        let contenders = try (0..<20).map { _ in try sample.proposed(opening) }
        #expect(try await winners(20) { contenders[$0] } == 1)
        let open = try #require(try await journal.latestCall(digest: opening.digest))
        #expect(try await journal.calls(in: .proposed, limit: 100) == [open])
        #expect(try await journal.append(try sample.proposed(Sample.opening(digest: Sample.digest("other")))))

        // Proposed in two steps: the conflict is found in the second.
        let waiting = try Addition(
            new: sample.id(), [.opened(opening), .decided(Sample.decision(.ask))], at: Sample.start, .now)
        #expect(try await journal.append(waiting))
        let second = try Addition(to: waiting.call, .proposed(expires: Sample.start))
        #expect(try await journal.append(second) == false)

        let approved = try Addition(to: open, .approved(.lead))
        #expect(try await journal.append(approved))
        #expect(try await journal.append(try sample.proposed(opening)) == false, "approved is still open")
        #expect(try await journal.append(second) == false)
        let admitted = try Addition(to: approved.call, .admitted)
        #expect(try await journal.append(admitted))
        #expect(try await journal.append(second), "admitted is not open any more")
        #expect(try await journal.latestCall(digest: opening.digest) == second.call)
    }

    func latestCallOfADigest() async throws {
        let opening = Sample.opening(digest: Sample.digest("pay"))
        #expect(try await journal.latestCall(digest: opening.digest) == nil)
        let allowed = try sample.admitted(opening)
        #expect(try await journal.append(allowed))
        #expect(try await journal.latestCall(digest: opening.digest) == nil, "an allowed call is not repeatable")
        #expect(try await journal.latestUnknown(digest: opening.digest, since: Sample.start) == nil)
        let unknown = try Addition(
            to: allowed.call, .settled(Outcome(kind: .unknown)), at: Sample.start.advanced(bySeconds: 1))
        #expect(try await journal.append(unknown))
        #expect(try await journal.latestCall(digest: opening.digest) == nil, "it was not proposed")
        #expect(try await journal.latestUnknown(digest: opening.digest, since: Sample.start) == unknown.call)
        #expect(try await journal.latestUnknown(digest: opening.digest, since: unknown.call.lastEventAt) == nil)
        // Another one of which it is known by now does not hide it, and neither does a proposal.
        let second = try sample.admitted(opening)
        #expect(try await journal.append(second))
        let settled = try Addition(
            to: second.call, .settled(Outcome(kind: .unknown)), at: Sample.start.advanced(bySeconds: 2))
        #expect(try await journal.append(settled))
        #expect(try await journal.latestUnknown(digest: opening.digest, since: Sample.start) == settled.call)
        let known = try Addition(
            to: settled.call, .reconciled(Outcome(kind: .result), by: "ben"), at: Sample.start.advanced(bySeconds: 3))
        #expect(try await journal.append(known))
        #expect(try await journal.latestUnknown(digest: opening.digest, since: Sample.start) == unknown.call)

        // The later proposal has the smaller id: what counts is when it was proposed.
        let laterID = sample.id()
        let first = try sample.proposed(opening)
        #expect(try await journal.append(first))
        let expired = try Addition(to: first.call, .expired)
        #expect(try await journal.append(expired))
        #expect(try await journal.latestCall(digest: opening.digest) == expired.call)
        let kinds: [CallEvent.Kind] = [
            .opened(opening), .decided(Sample.decision(.ask)), .proposed(expires: Sample.start),
        ]
        let later = try Addition(new: laterID, kinds, at: Sample.start, .now)
        #expect(try await journal.append(later))
        #expect(try await journal.latestCall(digest: opening.digest) == later.call)
        #expect(try await journal.latestUnknown(digest: opening.digest, since: Sample.start) == unknown.call)
    }

    func idempotencyKeys() async throws {
        let keyed = Sample.opening(key: "k1")
        let contenders = try (0..<20).map { _ in try sample.admitted(keyed) }
        #expect(try await winners(20) { contenders[$0] } == 1)
        let known = try #require(try await journal.call(idempotencyKey: "k1", of: Sample.alice))
        #expect(try await journal.call(known.id) == known)
        #expect(try await journal.call(idempotencyKey: "k2", of: Sample.alice) == nil)

        var others = [Sample.alice, Sample.alice, Sample.alice, Sample.alice]
        others[0].user = "bob@example.test"
        others[1].agent = "other"
        others[2].tenant = nil
        others[3].issuer = "https://evil.test"
        for other in others {
            #expect(try await journal.call(idempotencyKey: "k1", of: other) == nil)
            let theirs = try sample.admitted(Sample.opening(other, key: "k1"))
            #expect(try await journal.append(theirs))
            #expect(try await journal.call(idempotencyKey: "k1", of: other) == theirs.call)
        }
        // Neither roles nor the token's expiry are whose key it is.
        var later = Sample.alice
        later.roles = ["lead"]
        later.expires = Timestamp(seconds: 1)
        #expect(try await journal.call(idempotencyKey: "k1", of: later) == known)

        // Settling keeps the key.
        let settled = try Addition(settling: known)
        #expect(try await journal.append(settled))
        #expect(try await journal.call(idempotencyKey: "k1", of: Sample.alice) == settled.call)
    }

    func promisedCallIsRecordedWithoutATakenKey() async throws {
        let keyed = Sample.opening(key: "k\u{0}1")
        let first = try sample.denied(keyed, durability: .withNext)
        let second = try sample.denied(keyed, durability: .withNext)
        #expect(try await journal.append(first))
        #expect(try await journal.append(second))
        #expect(try await journal.call(idempotencyKey: "k\u{0}1", of: Sample.alice) == first.call)
        #expect(try await journal.call(second.call.id) == second.call)
    }

    // MARK: Listing and searching

    func phases() async throws {
        let additions = try (0..<5).map { try sample.proposed(Sample.opening(digest: Sample.digest("\($0)"))) }
        for addition in additions.reversed() { #expect(try await journal.append(addition)) }
        let calls = additions.map(\.call)
        #expect(try await journal.calls(in: .proposed, limit: 100) == calls, "oldest first")
        #expect(try await journal.calls(in: .proposed, limit: 2) == Array(calls.prefix(2)))
        #expect(try await journal.calls(in: .proposed, limit: 0) == [])

        let rejected = try Addition(to: calls[0], .rejected(.lead))
        let expired = try Addition(to: calls[1], .expired)
        let withdrawn = try Addition(to: calls[2], .withdrawn(by: "alice"))
        let approved = try Addition(to: calls[3], .approved(.lead))
        let admitted = try Addition(to: approved.call, .admitted)
        let settled = try Addition(settling: admitted.call)
        let denied = try sample.denied()
        let opened = try Addition(new: sample.id(), [.opened(Sample.opening())], at: Sample.start, .now)
        for addition in [rejected, expired, withdrawn, approved, denied, opened] {
            #expect(try await journal.append(addition))
        }
        #expect(try await journal.calls(in: .approved, limit: 9) == [approved.call])
        #expect(try await journal.append(admitted))
        #expect(try await journal.calls(in: .admitted, limit: 9) == [admitted.call])
        #expect(try await journal.append(settled))
        let expected: [Call.Phase: [Call]] = [
            .opened: [opened.call], .decided: [denied.call], .proposed: [calls[4]], .approved: [],
            .rejected: [rejected.call], .expired: [expired.call], .withdrawn: [withdrawn.call], .admitted: [],
            .settled: [settled.call],
        ]
        for phase in Call.Phase.allCases {
            #expect(try await journal.calls(in: phase, limit: 9) == expected[phase], "\(phase)")
        }
    }

    func search() async throws {
        var bob = Sample.alice
        bob.user = "bob@example.test"
        bob.agent = "phone"
        let first = try sample.admitted(at: Timestamp(seconds: 100))
        let second = try sample.admitted(Sample.opening(bob, tool: "orders_pay"), at: Timestamp(seconds: 200))
        let act = Act("vault-put", by: "bob@example.test", details: ["name": "x"], at: Timestamp(seconds: 300))
        let third = try Addition(to: first.call, .settled(Outcome(kind: .result)), at: Timestamp(seconds: 400))
        #expect(try await journal.append(first))
        #expect(try await journal.append(second))
        try await journal.record(act, durability: .now)
        #expect(try await journal.append(third))

        let all = try await journal.search(EntryFilter())
        #expect(all.map(\.position) == [4, 3, 2, 1])
        #expect(all.map(\.call) == [first.call.id, nil, second.call.id, first.call.id])
        #expect(all.map(\.at.seconds) == [400, 300, 200, 100])
        #expect(all.last?.body == first.events.map(\.json))
        let stored = try #require(all[1].body.first)
        #expect(all[1].body.count == 1)
        #expect(stored["act"]?.string == "vault-put")
        #expect(stored["by"]?.string == "bob@example.test")
        #expect(stored["at"]?.int == 300_000_000)
        #expect(stored["details"] == ["name": "x"])

        let cases: [(EntryFilter, [Int])] = [
            (EntryFilter(call: first.call.id), [4, 1]),
            (EntryFilter(call: sample.id()), []),
            (EntryFilter(user: "bob@example.test"), [3, 2]),
            (EntryFilter(user: "alice@example.test"), [4, 1]),
            (EntryFilter(user: "nobody"), []),
            (EntryFilter(agent: "phone"), [2]),
            (EntryFilter(tool: "orders_get"), [4, 1]),
            (EntryFilter(phase: .settled), [4, 1]),
            (EntryFilter(phase: .admitted), [2]),
            (EntryFilter(since: Timestamp(seconds: 200)), [4, 3, 2]),
            (EntryFilter(until: Timestamp(seconds: 200)), [1]),
            (EntryFilter(since: Timestamp(seconds: 200), until: Timestamp(seconds: 400)), [3, 2]),
            (EntryFilter(user: "bob@example.test", since: Timestamp(seconds: 250)), [3]),
            (EntryFilter(user: "bob@example.test", agent: "phone"), [2]),
            (EntryFilter(user: "bob@example.test", tool: "orders_get"), []),
            (EntryFilter(before: 3), [2, 1]),
            (EntryFilter(before: 1), []),
            (EntryFilter(user: "alice@example.test", before: 4), [1]),
            (EntryFilter(limit: 2), [4, 3]),
            (EntryFilter(limit: 0), []),
            (EntryFilter(limit: -1), []),
        ]
        for (filter, positions) in cases {
            #expect(try await journal.search(filter).map(\.position) == positions, "\(filter)")
        }
        var pages: [Int] = []
        var before: Int?
        while let last = try await journal.search(EntryFilter(before: before, limit: 1)).last {
            pages.append(last.position)
            before = last.position
        }
        #expect(pages == [4, 3, 2, 1])
    }

    func actsAreFoundByWhatTheyAreAbout() async throws {
        let call = try sample.admitted()
        #expect(try await journal.append(call))
        let refusal = Act(
            "call-refused", by: "bob@example.test", agent: "phone", tool: "orders_pay", call: call.call.id,
            details: ["code": "missing-credential"], at: Sample.start)
        try await journal.record(refusal, durability: .withNext)
        try await journal.record(Act("vault-put", by: "root", at: Sample.start), durability: .withNext)

        let cases: [(EntryFilter, [Int])] = [
            (EntryFilter(call: call.call.id), [2, 1]),
            (EntryFilter(user: "bob@example.test"), [2]),
            (EntryFilter(agent: "phone"), [2]),
            (EntryFilter(agent: "phone", tool: "orders_pay"), [2]),
            (EntryFilter(tool: "orders_get"), [1]),
            (EntryFilter(phase: .admitted), [1]),
            (EntryFilter(acts: ["vault-put"]), [3]),
            (EntryFilter(acts: ["vault-put", "call-refused", "x"]), [3, 2]),
            (EntryFilter(user: "root", acts: ["call-refused"]), []),
            (EntryFilter(acts: []), []),
            (EntryFilter(acts: ["vault-"]), []),
        ]
        for (filter, positions) in cases {
            #expect(try await journal.search(filter).map(\.position) == positions, "\(filter)")
        }
        #expect(try await journal.search(EntryFilter(agent: "phone")).first?.call == nil, "no entry of the call")
        #expect(try await journal.call(call.call.id) == call.call)
    }

    func refusedRequests() async throws {
        let id = sample.id()
        func refuse(_ tool: String, _ agent: String, by user: String = "alice@example.test", _ call: CallID? = nil)
            async throws
        {
            try await journal.record(
                Act("call-refused", by: user, agent: agent, tool: tool, call: call, at: Sample.start), durability: .now)
        }
        try await refuse("orders_pay", "desk")
        #expect(try await journal.append(try sample.admitted(Sample.opening(tool: "orders_pay"))))
        try await refuse("orders_\"\\%_\u{1F}ü", "phone", id)
        // What stands in the details is not what an act is about.
        for kind in ["audit-read", "token-issue", "call-refused-not"] {
            let details: JSONObject = ["tool": "orders_pay", "agent": "desk", "refused_call": .string(id.text)]
            try await journal.record(Act(kind, by: "root", details: details, at: Sample.start), durability: .now)
        }
        try await refuse("orders_pay", "desk", by: "bob@example.test", sample.id())

        let cases: [(EntryFilter, [Int])] = [
            (EntryFilter(tool: "orders_pay"), [7, 2, 1]),
            (EntryFilter(tool: "orders_\"\\%_\u{1F}ü"), [3]),
            (EntryFilter(tool: "orders_%"), []),
            (EntryFilter(tool: "ORDERS_PAY"), []),
            (EntryFilter(agent: "desk"), [7, 2, 1]),
            (EntryFilter(agent: "phone"), [3]),
            (EntryFilter(agent: "des"), []),
            (EntryFilter(call: id), [3]),
            (EntryFilter(call: sample.id()), []),
            (EntryFilter(call: id, agent: "desk"), []),
            (EntryFilter(user: "bob@example.test", tool: "orders_pay"), [7]),
            (EntryFilter(user: "alice@example.test", tool: "orders_pay"), [2, 1]),
            (EntryFilter(tool: "orders_pay", phase: .admitted), [2]),
            (EntryFilter(tool: "orders_pay", before: 7), [2, 1]),
            (EntryFilter(tool: "orders_pay", limit: 2), [7, 2]),
            (EntryFilter(tool: "orders_pay", limit: 0), []),
            (EntryFilter(tool: "orders_pay", since: Sample.start.advanced(bySeconds: 1)), []),
        ]
        for (filter, positions) in cases {
            #expect(try await journal.search(filter).map(\.position) == positions, "\(filter)")
        }
    }

    func proposalsOfAPrincipal() async throws {
        let now = Sample.start
        var proposals: [Addition] = []
        var others = [Sample.alice, Sample.alice, Sample.alice, Sample.alice]
        others[0].user = "bob@example.test"
        others[1].agent = "phone"
        others[2].tenant = nil
        others[3].tenant = "ACME"
        for (index, principal) in (Array(repeating: Sample.alice, count: 5) + others).enumerated() {
            let opening = Sample.opening(principal, digest: Sample.digest("\(index)"))
            proposals.append(try sample.proposed(opening, at: index == 4 ? now.advanced(bySeconds: -600) : now))
        }
        for proposal in proposals { #expect(try await journal.append(proposal)) }
        // One is overdue; those that nobody has to look at any more do not count either.
        #expect(try await journal.proposals(of: Sample.alice, at: now, limit: 100) == 4)
        for principal in others { #expect(try await journal.proposals(of: principal, at: now, limit: 100) == 1) }
        let withdrawn = try Addition(to: proposals[1].call, .withdrawn(by: "alice"))
        for addition in [try Addition(to: proposals[0].call, .approved(.lead)), withdrawn] {
            #expect(try await journal.append(addition))
        }
        #expect(try await journal.append(try sample.admitted()))
        #expect(try await journal.proposals(of: Sample.alice, at: now, limit: 100) == 2)
        #expect(try await journal.proposals(of: Sample.alice, at: now, limit: 1) == 1)
        #expect(try await journal.proposals(of: Sample.alice, at: now, limit: 0) == 0)
        #expect(try await journal.proposals(of: Sample.alice, at: now.advanced(bySeconds: 600), limit: 9) == 0)
        // Roles and expiry of the token change nothing: it is the same principal.
        var later = Sample.alice
        later.roles = []
        later.expires = now
        #expect(try await journal.proposals(of: later, at: now, limit: 9) == 2)
    }

    // MARK: Kept values

    func keptValues() async throws {
        let id = sample.id()
        let now = Sample.start
        #expect(try await journal.kept(for: id, as: .answer, at: now) == nil)
        try await journal.keep([1, 0, 255], for: id, as: .answer, until: now.advanced(bySeconds: 10))
        #expect(try await journal.kept(for: id, as: .answer, at: now) == [1, 0, 255])
        #expect(try await journal.kept(for: id, as: .answer, at: now.advanced(bySeconds: 9)) == [1, 0, 255])
        #expect(try await journal.kept(for: id, as: .answer, at: now.advanced(bySeconds: 10)) == nil)
        #expect(try await journal.kept(for: sample.id(), as: .answer, at: now) == nil)
        try await journal.keep([], for: id, as: .answer, until: now.advanced(bySeconds: 20))
        #expect(try await journal.kept(for: id, as: .answer, at: now.advanced(bySeconds: 15)) == [])
    }

    // MARK: Order

    func positionsUnderConcurrency() async throws {
        let additions = try (0..<40).map { index in
            try sample.admitted(durability: index.isMultiple(of: 3) ? .withNext : .now)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for addition in additions {
                group.addTask { [journal] in
                    #expect(try await journal.append(addition))
                    #expect(try await journal.append(Addition(settling: addition.call, durability: .withNext)))
                    #expect(try await journal.append(addition.with(.now)) == false)
                    try await journal.record(Act("looked", by: "root", at: Sample.start), durability: .withNext)
                }
            }
            try await group.waitForAll()
        }
        try await positionsAreGapless(count: 120)
    }

    func positionsAreGapless(count: Int) async throws {
        let entries = try await journal.search(EntryFilter(limit: count + 10))
        #expect(entries.map(\.position) == Array((1...max(1, count)).reversed().suffix(count)))
        // Each call's entries follow one another in the order of its versions.
        var versions: [CallID: [CallEvent]] = [:]
        for entry in entries.reversed() {
            guard let call = entry.call else { continue }
            versions[call, default: []] += entry.body.compactMap { CallEvent(json: $0) }
        }
        for (id, events) in versions {
            #expect(try await journal.call(id) == Call(id: id, events: events))
        }
    }
}
