import Foundation
import Glibc
import Telemetry

/// What this process takes of the machine (proc(5)); what cannot be read is left out.
func readProcess() -> ProcessFigures {
    var figures = ProcessFigures()
    let page = sysconf(Int32(_SC_PAGESIZE)), ticks = sysconf(Int32(_SC_CLK_TCK))
    if let resident = words("/proc/self/statm").dropFirst().first.flatMap({ Int($0) }) {
        figures.residentBytes = resident.multipliedReportingOverflow(by: page).partialValue
    }
    // The one that reads the folder is not counted.
    figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { $0.count - 1 }
    // Behind the name, which may hold anything, in parentheses.
    let fields = text("/proc/self/stat").flatMap { text in
        text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ").map(String.init) }
    }
    if let fields, fields.count > 19, ticks > 0, let user = Double(fields[11]), let system = Double(fields[12]) {
        figures.processorSeconds = (user + system) / Double(ticks)
        let boot = text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        if let begin = Double(fields[19]), let boot = boot.flatMap({ Double($0.dropFirst(6)) }) {
            figures.start = boot + begin / Double(ticks)
        }
    }
    return figures
}

private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

private func words(_ path: String) -> [Substring] {
    text(path)?.split(whereSeparator: \.isWhitespace) ?? []
}
