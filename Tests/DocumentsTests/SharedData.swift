import Foundation

/// Real documents that are used by path: `SALLYPORT_DATA`, or `../shared/data` beside the package.
enum SharedData {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["SALLYPORT_DATA"] { return URL(fileURLWithPath: path) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared/data")
    }()

    static var isThere: Bool {
        FileManager.default.fileExists(atPath: root.appending(path: "openapi").path)
    }

    /// The bytes of a file under the root.
    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    /// Paths under `openapi` of files that are JSON or YAML by their name.
    static var documents: [String] {
        guard let walk = FileManager.default.enumerator(atPath: root.appending(path: "openapi").path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { path in
            [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
        }.map { "openapi/" + $0 }.sorted()
    }
}
