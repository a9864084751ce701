import Core
import Engine
import Evidence
import JSON
import Settings
import Store
import TransparencyLog

extension Administration {
    /// Records that somebody takes the journal out, and seals it: the export has its own entry.
    func exportJournal(_ arguments: Arguments) async throws -> JSONValue {
        try await record("audit-exported", arguments.object)
        await house.seal()
        let key = house.noteKey.publicKey
        return ["origin": .string(key.name), "key": .string(key.text)]
    }

    /// Records that somebody goes through recorded calls for what a policy would make of them.
    func readForPolicy(_ act: String, _ arguments: Arguments) async throws -> JSONValue {
        try await record(act, arguments.object)
        return [:]
    }

    /// The entries of a call with what proves them.
    func makeReceipt(_ arguments: Arguments) async throws -> JSONValue {
        let call = try await known(arguments)
        try await record("receipt-made", ["call": .string(call.id.text)])
        guard let lines = try await house.receipt(for: call.id) else {
            throw CommandError("the call is not in the log yet", hint: "Try again in a moment.")
        }
        return ["lines": .array(lines.map { .string(String(decoding: $0.text, as: UTF8.self)) })]
    }
}

extension House {
    /// The entries of a call with what proves them; nil where they are not sealed yet, which is rare.
    func receipt(for call: CallID) async throws -> [EvidenceLine]? {
        await seal()
        let key = noteKey.publicKey
        return try await log.evidence(ofCall: call.text, origin: key.name, key: key.text)
    }
}

extension Administration {
    /// Takes out what was kept long enough.
    func pruneJournal() async throws -> JSONValue {
        if let hold = try await house.hold() { throw CommandError("nothing is taken out: \(hold)") }
        guard !house.inForce.value.log.retention.seconds.isEmpty else {
            throw CommandError(
                "the configuration keeps everything for ever", hint: "Add 'log: { keep: { reads: 180d } }', say.")
        }
        let counts = try await house.prune()
        await house.seal()
        let words = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) of \($0.key.rawValue)" }
        return [
            "message": .string(
                words.isEmpty ? "nothing is old enough and sealed" : "taken out: \(words.joined(separator: ", "))")
        ]
    }

    /// Nothing is taken out from now on.
    func hold(_ arguments: Arguments) async throws -> JSONValue {
        let person = try await person(arguments)
        let reason = try arguments.required("reason").boundedText
        try await record("legal-hold", by: person, ["reason": .string(reason)])
        return ["message": "nothing is taken out of the journal from now on"]
    }

    func release(_ arguments: Arguments) async throws -> JSONValue {
        guard try await house.hold() != nil else { throw CommandError("there is no hold") }
        let person = try await person(arguments)
        try await record(
            "legal-hold-ended", by: person, ["reason": .string(try arguments.required("reason").boundedText)])
        return ["message": "what was kept long enough may be taken out again"]
    }
}

extension House {
    /// Why nothing may be taken out of the journal; nil where it may.
    func hold() async throws -> String? {
        let acts = try await gate.journal.search(EntryFilter(acts: ["legal-hold", "legal-hold-ended"], limit: 1))
        guard let act = acts.first?.body.first, act["act"] == "legal-hold" else { return nil }
        return "\(act["by"]?.string ?? "") holds everything: \(act["details"]?["reason"]?.string ?? "")"
    }

    /// Takes out what was kept long enough, unless somebody holds it.
    func prune() async throws -> [RecordClass: Int] {
        let retention = inForce.value.log.retention
        guard !retention.seconds.isEmpty, try await hold() == nil else { return [:] }
        // What a stream did not deliver yet is kept for it.
        let positions = try await deliveries.positions()
        let own = inForce.value.log.streams.map { positions[$0.name] ?? ($0.startsNow ? .max : 0) }.min() ?? .max
        let others = try await deliveries.least(at: gate.now()) ?? .max
        return try await pruner.prune(retention, delivered: min(own, others))
    }
}
