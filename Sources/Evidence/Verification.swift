package import JSON
package import TransparencyLog

/// What a ``Verifier`` checked, and what it found.
package struct Verification: Sendable, Hashable {
    package var origin: String?
    package var keys: [String]
    /// Whether the keys were given, and not taken from what was checked.
    package var isKeyGiven: Bool
    /// Whether it was the whole log, so that nothing can be missing unseen.
    package var isWhole: Bool
    /// How many entries were looked at.
    package var entries: Int
    /// How many entries the log says were pruned.
    package var pruned: Int
    /// How many checkpoints were compared.
    package var checkpoints: Int
    /// How many entries the largest checkpoint is over.
    package var size: Int
    /// The sizes of the checkpoints that were kept outside.
    package var keptSizes: [Int]
    package var cosignatures: [Cosignature]
    /// By position; those without one first.
    package var flaws: [Flaw]
    /// How many there are; more than are listed where there are very many.
    package var flawCount: Int

    package var isSound: Bool { flawCount == 0 }

    /// The first flaw that concerns an entry, or else the first.
    package var first: Flaw? { flaws.first { $0.position != nil } ?? flaws.first }

    package var json: JSONValue {
        [
            "sound": .bool(isSound), "origin": origin.map { .string($0) } ?? .null,
            "keys": .array(keys.map { .string($0) }), "key_given": .bool(isKeyGiven), "whole": .bool(isWhole),
            "entries": JSONValue(entries), "pruned": JSONValue(pruned), "checkpoints": JSONValue(checkpoints),
            "size": JSONValue(size),
            "witnesses": .array(
                cosignatures.map { ["name": .string($0.witness.name), "time": JSONValue(Int(clamping: $0.time))] }),
            "first_flaw": first?.json ?? .null, "flaws": JSONValue(flawCount),
        ]
    }
}
