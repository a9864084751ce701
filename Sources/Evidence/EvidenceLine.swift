import Core
import JSON
package import TransparencyLog

/// A line of an evidence file (`docs/evidence.md`), which holds entries with what it takes to check them.
package enum EvidenceLine: Sendable, Hashable {
    /// The first line.
    case head(EvidenceHead)
    /// A note of the log, or one with witnesses' signatures.
    case checkpoint(String)
    /// The hashes of the leaves from an index on, at most 256. Their entries follow.
    case hashes(from: Int, [TreeHash])
    /// An entry, as the journal writes it.
    case entry(position: Int, [UInt8])
    /// Proves the entry before it.
    case proof(InclusionProof)

    /// The leaf of an entry's line: of its digest, so that the log's own entries are short and give nothing away.
    package static func leaf(of line: [UInt8]) -> TreeHash {
        .leaf(logEntry(of: line))
    }

    /// What the log holds of an entry's line: its SHA-256.
    package static func logEntry(of line: [UInt8]) -> [UInt8] { Digest(of: line).bytes }

    private static let entryOpening = Array(#"{"position":"#.utf8)

    /// Reads a line.
    ///
    /// - Returns: nil for a line of no known kind.
    package init?(_ line: [UInt8]) {
        if line.starts(with: Self.entryOpening) {
            self = .entry(position: Self.position(of: line), line)
            return
        }
        let options = JSONParser.Options(maxDepth: 8, maxBytes: 1 << 22)
        guard let value = try? JSONParser.parse(line, options: options), let object = value.object else { return nil }
        if let version = object["evidence"]?.int {
            guard let head = EvidenceHead(object), version == EvidenceHead.version else { return nil }
            self = .head(head)
        } else if let note = object["checkpoint"]?.string {
            self = .checkpoint(note)
        } else if let text = object["hashes"]?.string, let from = object["from"]?.int, from >= 0 {
            guard let bytes = TreeHash.list(base64: text), bytes.count <= Tile.fullWidth else { return nil }
            self = .hashes(from: from, bytes)
        } else if let proof = object["proof"]?.array, let index = object["index"]?.int, let size = object["size"]?.int {
            let hashes = proof.compactMap { $0.string.flatMap { TreeHash(base64: $0) } }
            guard hashes.count == proof.count else { return nil }
            self = .proof(InclusionProof(index: index, size: size, hashes: hashes))
        } else {
            return nil
        }
    }

    /// The line's text, without its end.
    package var text: [UInt8] {
        switch self {
        case .head(let head): return head.json.bytes
        case .checkpoint(let note): return (["checkpoint": .string(note)] as JSONValue).bytes
        case .hashes(let from, let hashes):
            let value: JSONValue = ["from": JSONValue(from), "hashes": .string(TreeHash.base64(hashes))]
            return value.bytes
        case .entry(_, let line): return line
        case .proof(let proof):
            let value: JSONValue = [
                "index": JSONValue(proof.index), "size": JSONValue(proof.size),
                "proof": .array(proof.hashes.map { .string($0.base64) }),
            ]
            return value.bytes
        }
    }

    /// The number that stands first in an entry's line; 0 where there is none that the journal gives.
    private static func position(of line: [UInt8]) -> Int {
        let digits = String(
            decoding: line.dropFirst(entryOpening.count).prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
        guard let position = Int(digits), position > 0, String(position) == digits else { return 0 }
        return position
    }

    /// The line of an entry as it would be at another position.
    static func moved(_ line: [UInt8], to position: Int) -> [UInt8] {
        let digits = line.dropFirst(entryOpening.count).prefix { (0x30...0x39).contains($0) }
        return entryOpening + Array(String(position).utf8) + line[digits.endIndex...]
    }
}

/// What an evidence file is of.
package struct EvidenceHead: Sendable, Hashable {
    static let version = 1

    /// Which log it is of.
    package var origin: String
    /// The log's key, for whom it is enough that the file fits itself.
    package var key: String
    /// Whether every entry of the log up to a checkpoint is in it, but for those that were pruned.
    package var isWhole: Bool

    package init(origin: String, key: String, isWhole: Bool) {
        self.origin = origin
        self.key = key
        self.isWhole = isWhole
    }

    fileprivate init?(_ object: JSONObject) {
        guard let origin = object["origin"]?.string, let key = object["key"]?.string,
            let isWhole = object["whole"]?.bool
        else { return nil }
        self.init(origin: origin, key: key, isWhole: isWhole)
    }

    fileprivate var json: JSONValue {
        [
            "evidence": JSONValue(Self.version), "origin": .string(origin), "key": .string(key),
            "whole": .bool(isWhole),
        ]
    }
}
