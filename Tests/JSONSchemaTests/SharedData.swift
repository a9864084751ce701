import Foundation
import JSON

/// Real data outside of the package: `SALLYPORT_DATA`, by default beside it.
enum SharedData {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["SALLYPORT_DATA"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.appending(path: "../shared/data").standardizedFileURL
    }()

    static let isThere = FileManager.default.fileExists(atPath: root.appending(path: "vectors").path)

    static func read(_ url: URL) throws -> JSONValue {
        var options = JSONParser.Options()
        options.allowsNull = true
        return try JSONParser.parse([UInt8](Data(contentsOf: url)), options: options)
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
