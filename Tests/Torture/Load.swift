import Core
import Engine
import Foundation
import JSON
import Policy
import Store
import Synchronization

/// Many calls at once, whose process is killed: what it had acknowledged has to be there.
struct Load {
    let place: Place
    /// Whether admissions are only promised: what the check must find.
    var promises = false

    private static let tasks = 64

    /// Records calls and says of each what is acknowledged, until it is killed.
    func run() async throws {
        let (_, journal, _) = try await place.open()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.tasks {
                group.addTask {
                    // Bounded, should the kill not come.
                    for _ in 0..<5_000 { try? await record(journal) }
                }
            }
        }
    }

    private func record(_ journal: SQLJournal) async throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let id = CallID(at: now, random: (.random(in: .min ... .max), .random(in: .min ... .max)))
        let opening = Opening(
            principal: Principal(
                user: "ana", agent: "agent", tenant: nil, roles: [], issuer: "test",
                expires: now.advanced(bySeconds: 60)),
            reference: ToolReference(
                name: "create_refund", source: "shop", bucket: "write", definition: Digest(of: [1])),
            arguments: ["amount": 500], digest: Digest(of: Array(id.text.utf8)), snapshot: "s")
        let decision = Decision(effect: .allow, isCertain: true, because: ["r"], policyVersion: "p")
        let events = [CallEvent.Kind.opened(opening), .decided(decision), .admitted].map { CallEvent($0, at: now) }
        var call = try Call(id: id, events: events)
        let durability: Durability = promises ? .withNext : .now
        // Joining may have given orders meanwhile.
        try await journal.takeOrders {}
        guard
            try await journal.append(
                Addition(call: call, events: events, durability: durability, knownOrders: journal.knownOrders))
        else { return }
        say("admitted \(id.text)")
        let settled = CallEvent(.settled(Outcome(kind: .result, status: 200)), at: now)
        try call.apply(settled)
        guard try await journal.append(Addition(call: call, events: [settled], durability: durability)) else { return }
        say("settled \(id.text)")
    }

    /// One line, which leaves as a whole.
    private func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// What of all that was said is not there, and whether positions have gaps.
    func check(_ said: [Substring]) async throws -> [String] {
        let (database, journal, leave) = try await place.open()
        var wrong: [String] = []
        for line in said {
            let words = line.split(separator: " ")
            guard words.count == 2, let id = CallID(String(words[1])) else { continue }
            let call = try await journal.call(id)
            if call == nil { wrong.append("lost: an admission that was acknowledged") }
            if words[0] == "settled", call?.outcome == nil { wrong.append("lost: an outcome that was acknowledged") }
        }
        let (count, last) = try await database.read { connection in
            let row = try connection.query("SELECT COUNT(*), MAX(position) FROM entries").first
            return (row?.first?.int ?? 0, row?.last?.int ?? 0)
        }
        if count != last { wrong.append("lost: \(last - count) positions have no entry") }
        await leave()
        try await database.close()
        return wrong
    }
}
