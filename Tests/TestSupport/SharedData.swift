package import Foundation
package import JSON

/// Real data that is used by path: `SALLYPORT_DATA`, or `../shared/data` beside the package.
package enum SharedData {
    package static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["SALLYPORT_DATA"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.appending(path: "../shared/data").standardizedFileURL
    }()

    package static let isThere = FileManager.default.fileExists(
        atPath: root.appending(path: "openapi/manifest.json").path)

    /// The bytes of a file under the root.
    package static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appending(path: path)))
    }

    /// A JSON file under the root.
    package static func json(_ path: String) throws -> JSONValue {
        try JSONParser.parse(try bytes(path), options: JSONParser.Options(maxBytes: 256 << 20, allowsNull: true))
    }
}
