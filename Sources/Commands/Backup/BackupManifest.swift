import Core
import JSON

/// Says what a backup is, and what belongs to it. Everything else in the file is held to it, and it is signed
/// (``BackupNote``).
struct BackupManifest {
    /// When it was made.
    var made: String
    /// The program's version.
    var product: String
    /// The log's name.
    var origin: String
    /// Entries that the log's newest checkpoint holds.
    var sealed: Int
    /// Entries that the journal has.
    var entries: Int
    /// Private keys that are in it.
    var keys: [String]
    /// The digest over all tables (`digestSQLite`), as 64 hexadecimal digits.
    var tables: String
    /// The digest of every other part, by name.
    var parts: [String: String]

    private static let version = 1

    var json: JSONValue {
        [
            "version": JSONValue(Self.version), "made": .string(made), "product": .string(product),
            "origin": .string(origin), "sealed": JSONValue(sealed), "entries": JSONValue(entries),
            "keys": .array(keys.map { .string($0) }), "tables": .string(tables),
            "parts": .object(
                parts.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, .string($1.value)) }),
        ]
    }
}

extension BackupManifest {
    /// - Throws: ``CommandError`` where it is none, or of another version.
    init(_ bytes: [UInt8]) throws {
        guard let value = try? JSONParser.parse(bytes), let version = value["version"]?.int else {
            throw CommandError("the file is no backup: it does not say what it is")
        }
        guard version == Self.version else {
            throw CommandError("the backup is of version \(version), which this program does not know")
        }
        guard let made = value["made"]?.string, let product = value["product"]?.string,
            let origin = value["origin"]?.string, let sealed = value["sealed"]?.int,
            let entries = value["entries"]?.int,
            let keys = value["keys"]?.array?.compactMap(\.string), let tables = value["tables"]?.string,
            let parts = value["parts"]?.object
        else { throw CommandError("the backup does not say all that belongs to it, so nothing can be held to it") }
        self.init(
            made: made, product: product, origin: origin, sealed: sealed, entries: entries, keys: keys, tables: tables,
            parts: Dictionary(parts.map { ($0.key, $0.value.string ?? "") }) { first, _ in first })
    }

    /// - Parameter found: the parts of a backup but the manifest and its note.
    /// - Throws: ``CommandError`` with the first part that is another one, is missing, or does not belong to it.
    func check(_ found: [String: [UInt8]]) throws {
        for name in Set(found.keys).union(parts.keys).sorted() {
            guard let content = found[name], let digest = parts[name], Digest(of: content).hex == digest else {
                throw CommandError("the backup was changed: '\(name.boundedText)' is not what its manifest names")
            }
        }
    }
}
