// Parses and imports one OpenAPI document as the gateway does, then reports on it as HTML as `scan` does, and prints as
// JSON how long that took and how much memory the process held before and at most until the import.

import Documents
import Glibc
import OpenAPI
import Report
import Settings

/// A line of /proc/self/status in bytes, such as `VmHWM`, the most that was ever resident (proc(5)).
func statusBytes(_ name: String) -> Int {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix(name + ":") else { continue }
        return (Int(text.filter(\.isNumber)) ?? 0) * 1024
    }
    return 0
}

func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

guard CommandLine.arguments.count == 2 else {
    print("usage: import-bench DOCUMENT")
    exit(2)
}
let path = CommandLine.arguments[1]
let files = Files(folder: ".")
guard let bytes = files.read(path) else {
    print("\(path) cannot be read")
    exit(1)
}
let clock = ContinuousClock()
let startBytes = statusBytes("VmRSS") - bytes.count
do {
    let begin = clock.now
    let document = try SourceDocument.parse(bytes, file: path)
    let parsed = clock.now
    let imported = importDocument(document, files: files.beside(path))
    let end = clock.now
    let peakBytes = statusBytes("VmHWM")
    let facts = await scanFacts(imported, document, bytes: bytes)
    let page = renderHTML(ScanReport(facts, time: "", generator: ""))
    let reported = clock.now
    print(
        """
        {"parse_seconds":\(seconds(parsed - begin)),"import_seconds":\(seconds(end - parsed)),\
        "operations":\(imported.operations.count),"operations_in_document":\(imported.operationCount),\
        "report_seconds":\(seconds(reported - end)),"page_bytes":\(page.utf8.count),\
        "start_bytes":\(startBytes),"peak_bytes":\(peakBytes)}
        """)
} catch {
    print(error.description)
    exit(1)
}
