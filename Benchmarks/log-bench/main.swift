// Measures the journal, the log over it and its index by themselves. Prints one JSON object.
//
//   log-bench append PLACE TASKS SECONDS   calls that many tasks record at once, each admitted and settled
//   log-bench fill PLACE ENTRIES           a journal of calls and acts, sealed and indexed; how long that takes
//   log-bench prove PLACE COUNT            proofs at random places, each checked
//   log-bench search PLACE ROUNDS          kinds of searches, each with its p50 and p99
//
// PLACE is a SQLite file or a PostgreSQL URL.

import Core
import Engine
import Evidence
import Foundation
import JSON
import Policy
import Store
import Synchronization
import TransparencyLog

struct Usage: Error {}

func openDatabase(_ place: String) throws -> any Database {
    if place.hasPrefix("postgres") { return try PostgreSQLDatabase(PostgreSQLSettings(url: place, password: nil)) }
    return try SQLiteDatabase(path: place)
}

/// Calls as they come: who, what and which record change from one to the next.
final class Calls: Sendable {
    private let number = Mutex<UInt64>(0)
    private let base: UInt64
    private let start = Timestamp(seconds: 1_790_000_000)

    init() {
        base = UInt64.random(in: 0...UInt64.max)
    }

    private static let agents = (0..<40).map { "agent-\($0)" }
    private static let tools = (0..<60).map { "tool_\($0)" }

    func next(_ durability: Durability = .now) throws -> (Addition, settle: () throws -> Addition) {
        let index = number.withLock { number in
            number += 1
            return number
        }
        let place = Int(index)
        let at = start.advanced(bySeconds: place / 50)
        let isWrite = place % 10 == 0
        let opening = Opening(
            principal: Principal(
                user: "user-\(place % 1000)", agent: Self.agents[place % 40], tenant: "tenant-\(place % 7)",
                roles: ["support"], issuer: "https://id.example", scopes: ["mcp"], expires: at.advanced(bySeconds: 3600)
            ),
            reference: ToolReference(
                name: Self.tools[place % 60], source: "product", bucket: isWrite ? "write" : "read",
                definition: Digest(of: [UInt8(place % 60)])),
            arguments: [
                "customerId": .string("cust_\(place % 20_000)"), "include": ["orders", "notes"], "limit": 50,
                "note": .string("a note on order \(place % 5000)"),
            ], digest: Digest(of: Array("\(base) \(index)".utf8)), snapshot: "0123456789abcdef")
        let decision = Decision(
            effect: .allow, isCertain: true, because: ["reads"], policyVersion: "0123456789abcdef")
        let events = [CallEvent.Kind.opened(opening), .decided(decision), .admitted].map { CallEvent($0, at: at) }
        let id = CallID(at: at, random: (base &+ index, UInt16(truncatingIfNeeded: index)))
        let call = try Call(id: id, events: events)
        return (
            Addition(call: call, events: events, durability: durability),
            {
                var call = call
                let outcome = Outcome(
                    kind: .result, status: 200, latency: 2_345, records: ["cust_\(place % 20_000)"])
                let event = CallEvent(.settled(outcome), at: at)
                try call.apply(event)
                return Addition(call: call, events: [event], durability: isWrite ? .now : .withNext)
            }
        )
    }
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// A figure at a share of measurements, such as 0.99.
func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}

func number(_ value: Double) -> JSONValue {
    JSONNumber((value * 1000).rounded() / 1000).map { .number($0) } ?? .null
}

/// How long each admission took.
final class Tally: Sendable {
    let latencies = Mutex<[Double]>([])
}

func append(_ place: String, tasks: Int, _ length: Double) async throws -> JSONValue {
    let database = try openDatabase(place)
    let journal = try await SQLJournal.open(database)
    let calls = Calls()
    let tally = Tally()
    let begin = ContinuousClock.now
    let end = begin.advanced(by: .milliseconds(Int(length * 1000)))
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<tasks {
            group.addTask {
                while ContinuousClock.now < end {
                    let before = ContinuousClock.now
                    let (admission, settle) = try calls.next()
                    _ = try await journal.append(admission)
                    let latency = seconds(ContinuousClock.now - before)
                    _ = try await journal.append(try settle())
                    tally.latencies.withLock { $0.append(latency) }
                }
            }
        }
        try await group.waitForAll()
    }
    let taken = seconds(ContinuousClock.now - begin)
    let latencies = tally.latencies.withLock { $0 }
    let count = latencies.count
    let bytes = try await database.read { connection in
        try connection.query("SELECT CAST(AVG(LENGTH(body)) AS BIGINT) FROM entries").first?.first?.int ?? 0
    }
    try await database.close()
    return [
        "calls": JSONValue(count), "seconds": number(taken), "calls_per_second": number(Double(count) / taken),
        "entries_per_second": number(Double(2 * count) / taken),
        "admitted_p50_ms": number(quantile(latencies, 0.5) * 1000),
        "admitted_p99_ms": number(quantile(latencies, 0.99) * 1000), "body_bytes": JSONValue(bytes),
    ]
}

func signingKey() throws -> SigningKey {
    guard let key = SigningKey(name: "log-bench", seed: [UInt8](repeating: 7, count: 32)) else { throw Usage() }
    return key
}

func fill(_ place: String, entries: Int) async throws -> JSONValue {
    let database = try openDatabase(place)
    let journal = try await SQLJournal.open(database)
    let calls = Calls()
    let begin = ContinuousClock.now
    let key = try signingKey()
    let perTask = entries / 2 / 64
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<64 {
            group.addTask {
                for _ in 0..<perTask {
                    let (admission, settle) = try calls.next(.withNext)
                    _ = try await journal.append(admission)
                    _ = try await journal.append(try settle())
                }
            }
        }
        try await group.waitForAll()
    }
    let filled = ContinuousClock.now
    let sealer = Sealer(database, key: key) { Timestamp(seconds: 1_790_000_000) }
    try await sealer.seal()
    let sealed = ContinuousClock.now
    let index = try openDatabase(place + (place.hasPrefix("postgres") ? "" : ".index"))
    try await Indexer.migrate(index)
    try await Indexer(journal: database, index: index).follow()
    let indexed = ContinuousClock.now
    let state = try await LogReader(database).state()
    try await index.close()
    try await database.close()
    return [
        "entries": JSONValue(state.entries), "sealed": JSONValue(state.size),
        "fill_seconds": number(seconds(filled - begin)),
        "seal_seconds": number(seconds(sealed - filled)), "index_seconds": number(seconds(indexed - sealed)),
        "key": .string(key.publicKey.text),
    ]
}

func prove(_ place: String, count: Int) async throws -> JSONValue {
    let database = try openDatabase(place)
    let log = LogReader(database)
    let size = try await log.state().size
    let key = try signingKey().publicKey
    var latencies: [Double] = []
    var checks: [Double] = []
    for _ in 0..<count {
        let begin = ContinuousClock.now
        let lines = try await log.evidence(at: [Int.random(in: 1...size)], origin: key.name, key: key.text) ?? []
        let proven = ContinuousClock.now
        var verifier = Verifier(keys: [key])
        for line in lines { verifier.take(line) }
        guard verifier.finish().isSound else { throw Usage() }
        latencies.append(seconds(proven - begin))
        checks.append(seconds(ContinuousClock.now - proven))
    }
    var consistency: [Double] = []
    for _ in 0..<count {
        let begin = ContinuousClock.now
        _ = try await log.consistencyProof(from: Int.random(in: 1...size), to: size)
        consistency.append(seconds(ContinuousClock.now - begin))
    }
    try await database.close()
    return [
        "size": JSONValue(size), "receipt_p50_ms": number(quantile(latencies, 0.5) * 1000),
        "receipt_p99_ms": number(quantile(latencies, 0.99) * 1000),
        "check_p50_ms": number(quantile(checks, 0.5) * 1000),
        "consistency_p50_ms": number(quantile(consistency, 0.5) * 1000),
    ]
}

func search(_ place: String, rounds: Int) async throws -> JSONValue {
    let database = try openDatabase(place)
    let index = try openDatabase(place + (place.hasPrefix("postgres") ? "" : ".index"))
    let indexer = Indexer(journal: database, index: index)
    let kinds: [(name: String, terms: (Int) -> [Int64])] = [
        ("newest", { _ in [] }), ("user", { [SearchTerms.term("user", "user-\($0 % 1000)")] }),
        ("record", { [SearchTerms.term("record", "cust_\($0 % 20_000)")] }),
        (
            "agent and record",
            { [SearchTerms.term("agent", "agent-\($0 % 40)"), SearchTerms.term("record", "cust_\($0 % 20_000)")] }
        ),
        (
            "agent and tool",
            { [SearchTerms.term("agent", "agent-\($0 % 40)"), SearchTerms.term("tool", "tool_\($0 % 60)")] }
        ),
        ("a word", { SearchTerms.words("\($0 % 5000)") }), ("common words", { _ in SearchTerms.words("note order") }),
        ("nothing", { _ in [SearchTerms.term("outcome", "unknown")] }),
    ]
    var result = JSONObject()
    for (name, terms) in kinds {
        var latencies: [Double] = []
        for round in 0..<rounds {
            let begin = ContinuousClock.now
            _ = try await indexer.find(terms(round * 7919), in: 1..<Int.max, limit: 50)
            latencies.append(seconds(ContinuousClock.now - begin))
        }
        result.append(
            name,
            ["p50_ms": number(quantile(latencies, 0.5) * 1000), "p99_ms": number(quantile(latencies, 0.99) * 1000)])
    }
    try await index.close()
    try await database.close()
    return .object(result)
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    guard arguments.count >= 3, let count = Int(arguments[2]), count > 0 else { throw Usage() }
    let place = arguments[1]
    let result: JSONValue
    switch arguments[0] {
    case "append":
        guard arguments.count == 4, let length = Double(arguments[3]) else { throw Usage() }
        result = try await append(place, tasks: count, length)
    case "fill": result = try await fill(place, entries: count)
    case "prove": result = try await prove(place, count: count)
    case "search": result = try await search(place, rounds: count)
    default: throw Usage()
    }
    print(result.text)
} catch is Usage {
    print("usage: log-bench append PLACE TASKS SECONDS | fill PLACE ENTRIES | prove PLACE COUNT | search PLACE ROUNDS")
    exit(2)
} catch {
    print("\(error)")
    exit(1)
}
