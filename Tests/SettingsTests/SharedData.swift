import Foundation
import JSON

/// Real documents that are used by path: `SALLYPORT_DATA`, or `../shared/data` beside the package.
enum SharedData {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["SALLYPORT_DATA"] { return URL(fileURLWithPath: path) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared/data")
    }()

    static let openAPI = root.appending(path: "openapi")

    static var isThere: Bool {
        FileManager.default.fileExists(atPath: openAPI.appending(path: "manifest.json").path)
    }

    /// File name and number of operations of every document in the manifest.
    static var manifest: [(file: String, operations: Int)] {
        guard let data = try? Data(contentsOf: openAPI.appending(path: "manifest.json")),
            let entries = try? JSONParser.parse([UInt8](data)).array
        else { return [] }
        return entries.compactMap { entry in
            guard let file = entry["file"]?.string, let operations = entry["operations"]?.int else { return nil }
            return (file, operations)
        }
    }
}
