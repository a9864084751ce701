import Foundation
import JSON
import TestSupport

extension SharedData {
    static let openAPI = root.appending(path: "openapi")

    /// File name and number of operations of every document in the manifest.
    static var manifest: [(file: String, operations: Int)] {
        guard let entries = try? json("openapi/manifest.json").array else { return [] }
        return entries.compactMap { entry in
            guard let file = entry["file"]?.string, let operations = entry["operations"]?.int else { return nil }
            return (file, operations)
        }
    }

    /// Every JSON and YAML file of the suites.
    static var suiteFiles: [URL] {
        let suites = openAPI.appending(path: "suites")
        guard let walk = FileManager.default.enumerator(atPath: suites.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { path in
            [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
        }.sorted().map { suites.appending(path: $0) }
    }
}
