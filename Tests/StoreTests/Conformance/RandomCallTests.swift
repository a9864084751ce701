import Core
import Engine
import Store
import TestSupport
import Testing

@Suite struct RandomCallTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func `what is folded is what is stored is what is loaded again`(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase(path: directory.database)
        var journals: [any Journal] = [MemoryJournal(), try await SQLJournal.open(database)]
        let other = PostgreSQLServer.isThere ? try PostgreSQLDatabase(try await PostgreSQLServer.schema()) : nil
        if let other { journals.append(try await SQLJournal.open(other)) }
        let sample = Sample()
        var calls: [Call] = []
        var events: [CallID: [[CallEvent]]] = [:]
        for number in 0..<60 {
            let id = sample.id()
            let opening = Opening(
                principal: random.principal(),
                reference: ToolReference(
                    name: random.text(), source: random.text(), bucket: "write",
                    definition: Sample.digest(random.text())), arguments: random.object(),
                digest: Sample.digest("\(number)"), idempotencyKey: .random(using: &random) ? "\(number)" : nil,
                trace: random.text(), snapshot: random.text())
            var pending = [CallEvent(.opened(opening), at: random.moment())]
            var call = try Call(id: id, events: pending)
            for _ in 0..<Int.random(in: 0...7, using: &random) {
                if Bool.random(using: &random) {
                    try await add(Addition(call: call, events: pending, durability: random.durability()), to: journals)
                    events[id, default: []].append(pending)
                    pending = []
                }
                guard let kind = random.event(after: call) else { break }
                let event = CallEvent(kind, at: random.moment())
                try call.apply(event)
                pending.append(event)
            }
            if !pending.isEmpty {
                try await add(Addition(call: call, events: pending, durability: random.durability()), to: journals)
                events[id, default: []].append(pending)
            }
            calls.append(call)
        }
        try await database.close()
        let reopened = try SQLiteDatabase(path: directory.database)
        let loaded = try await SQLJournal.open(reopened)
        for journal in [journals[0], loaded] + journals.dropFirst(2) {
            for call in calls {
                #expect(try await journal.call(call.id) == call, "seed \(seed)")
                let bodies = try await journal.search(EntryFilter(call: call.id)).reversed().map(\.body)
                #expect(bodies == events[call.id]?.map { $0.map(\.json) }, "seed \(seed)")
                if let key = call.opening.idempotencyKey {
                    let known = try await journal.call(idempotencyKey: key, of: call.opening.principal)
                    #expect(known == call, "seed \(seed)")
                }
                let latest = try await journal.latestCall(digest: call.opening.digest)
                #expect(latest == (call.expires == nil ? nil : call), "seed \(seed)")
                let long = Timestamp(microseconds: .min)
                let unknown = try await journal.latestUnknown(digest: call.opening.digest, since: long)
                #expect(unknown == (call.outcome?.kind == .unknown ? call : nil), "seed \(seed)")
            }
            for phase in Call.Phase.allCases {
                let found = try await journal.calls(in: phase, limit: 1000)
                #expect(found == calls.filter { $0.phase == phase }, "seed \(seed)")
            }
        }
        #expect(
            try await journals[0].search(EntryFilter(limit: 10_000)) == loaded.search(EntryFilter(limit: 10_000)),
            "seed \(seed)")
        if let other {
            #expect(
                try await journals[2].search(EntryFilter(limit: 10_000)) == loaded.search(EntryFilter(limit: 10_000)),
                "seed \(seed)")
            try await other.close()
        }
        try await reopened.close()
    }

    private func add(_ addition: Addition, to journals: [any Journal]) async throws {
        guard !addition.events.isEmpty else { return }
        for journal in journals { #expect(try await journal.append(addition)) }
    }
}

extension SplitMix64 {
    fileprivate mutating func moment() -> Timestamp {
        Timestamp(microseconds: .random(in: .min ... .max, using: &self))
    }

    fileprivate mutating func durability() -> Durability {
        .random(using: &self) ? .now : .withNext
    }
}
