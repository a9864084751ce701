import Documents
import JSON

/// The data directory that a configuration file names, also when the rest of the file has errors: a running server has
/// to be reached while its file is being mended.
///
/// - Returns: nil when the file cannot be read at all.
package func dataDirectory(ofFile path: String) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let files = Files(folder: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    guard let bytes = files.read(name), let document = try? SourceDocument.parse(bytes, file: path) else { return nil }
    return files.resolve(document.value["data"]?.string ?? defaultDataDirectory)
}

let defaultDataDirectory = "sallyport-data"
