import Core
import Evidence
import JSON
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
