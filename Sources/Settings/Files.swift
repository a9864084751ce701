import Foundation

/// Files below one folder, by relative path.
package struct Files: Sendable {
    package let folder: String

    static let maxBytes = 64 << 20

    package init(folder: String) {
        self.folder = folder.isEmpty ? "." : folder
    }

    /// The path as the process can open it.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// The file's bytes; nil when it cannot be read or is too large.
    package func read(_ path: String) -> [UInt8]? {
        let full = resolve(path)
        guard let size = (try? FileManager.default.attributesOfItem(atPath: full))?[.size] as? Int,
            size <= Self.maxBytes, let data = FileManager.default.contents(atPath: full)
        else { return nil }
        return [UInt8](data)
    }

    /// The files in the folder of one of these.
    package func beside(_ path: String) -> Files {
        let full = resolve(path)
        return Files(folder: full.lastIndex(of: "/").map { String(full[..<$0]) } ?? ".")
    }
}
