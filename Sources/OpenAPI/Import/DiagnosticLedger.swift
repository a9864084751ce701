import Documents
import JSON

/// Collects what is wrong; places are looked up once, at the end.
final class DiagnosticLedger {
    private struct Entry: Hashable {
        let severity: Diagnostic.Severity
        let code: String
        let message: String
        let hint: String?
        let site: Site
    }

    private var entries: [Entry] = []
    private var seen: Set<Entry> = []
    /// Problems of files that could not be read at all.
    private var foreign: [Diagnostic] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func report(
        _ severity: Diagnostic.Severity, code: String, _ message: String, hint: String? = nil, at site: Site
    ) {
        guard entries.count < limit else { return }
        let entry = Entry(severity: severity, code: code, message: message, hint: hint, site: site)
        if seen.insert(entry).inserted { entries.append(entry) }
    }

    /// Takes a diagnostic that has its place already.
    func add(_ diagnostic: Diagnostic) {
        if foreign.count < limit { foreign.append(diagnostic) }
    }

    /// The diagnostics in the order of their files and places, and the places of further sites.
    func resolve(files: [DocumentSet.File], further: [Site]) -> ([Diagnostic], [Site: SourcePosition]) {
        var wanted: [Int: Set<JSONPointer>] = [:]
        for site in entries.lazy.map(\.site) + further { wanted[site.file, default: []].insert(site.pointer) }
        var positions: [Site: SourcePosition] = [:]
        for (file, pointers) in wanted {
            for (pointer, position) in files[file].document.positions(of: Array(pointers)) {
                positions[Site(file: file, pointer: pointer)] = position
            }
        }
        var located = entries.map { entry in
            (
                entry.site.file,
                Diagnostic(
                    entry.severity, code: entry.code, entry.message, hint: entry.hint,
                    file: files[entry.site.file].document.file, position: positions[entry.site])
            )
        }
        if entries.count >= limit {
            let message = "more than \(limit) problems; the rest is not listed"
            located.append(
                (files.count, Diagnostic(.note, code: "too-many-problems", message, file: files[0].document.file)))
        }
        let start = SourcePosition(line: 0, column: 0)
        // A stable order: by file, then place, then as found.
        let sorted = located.enumerated().sorted { left, right in
            (left.element.0, left.element.1.position ?? start, left.offset)
                < (right.element.0, right.element.1.position ?? start, right.offset)
        }
        return (sorted.map(\.element.1) + foreign, positions)
    }
}

/// Why one operation is skipped.
struct OperationProblem: Error {
    let code: String
    let message: String
    var hint: String?
    let site: Site
}
