import Foundation
import TestSupport

extension SharedData {
    /// Paths under `openapi` of files that are JSON or YAML by their name.
    static var documents: [String] {
        guard let walk = FileManager.default.enumerator(atPath: root.appending(path: "openapi").path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { path in
            [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
        }.map { "openapi/" + $0 }.sorted()
    }
}
