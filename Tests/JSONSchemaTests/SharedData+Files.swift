import Foundation
import JSON
import TestSupport

extension SharedData {
    static func read(_ url: URL) throws -> JSONValue {
        try JSONParser.parse([UInt8](Data(contentsOf: url)), options: JSONParser.Options(allowsNull: true))
    }

    /// The JSON files below a folder, with their paths relative to it, sorted.
    static func files(below folder: URL, deep: Bool) -> [(path: String, url: URL)] {
        let names =
            deep
            ? FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            : (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { ($0, folder.appending(path: $0)) }
    }
}
