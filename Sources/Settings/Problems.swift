import Documents
import JSON

/// What is wrong with one configuration file, collected so that a reader hears of everything at once.
final class Problems {
    private struct Problem {
        let severity: Diagnostic.Severity
        let code: String
        let message: String
        let hint: String?
        let pointer: JSONPointer
        /// Where it is, when that is not where the pointer leads.
        var position: SourcePosition?
    }

    private let document: SourceDocument
    private var problems: [Problem] = []

    init(_ document: SourceDocument) {
        self.document = document
        for key in document.repeatedKeys {
            problems.append(
                Problem(
                    severity: .error, code: "repeated-key", message: "'\(key.key)' is given twice",
                    hint: "Remove one of them.", pointer: key.object.appending(key.key), position: key.position))
        }
    }

    func error(_ code: String, _ message: String, hint: String? = nil, at pointer: JSONPointer) {
        problems.append(Problem(severity: .error, code: code, message: message, hint: hint, pointer: pointer))
    }

    func warn(_ code: String, _ message: String, hint: String? = nil, at pointer: JSONPointer) {
        problems.append(Problem(severity: .warning, code: code, message: message, hint: hint, pointer: pointer))
    }

    func note(_ code: String, _ message: String, hint: String? = nil, at pointer: JSONPointer) {
        problems.append(Problem(severity: .note, code: code, message: message, hint: hint, pointer: pointer))
    }

    /// Everything so far, with places, in the order of the file.
    var diagnostics: [Diagnostic] {
        let positions = document.positions(of: Array(Set(problems.map(\.pointer))))
        let placed = problems.map { problem in
            Diagnostic(
                problem.severity, code: problem.code, problem.message, hint: problem.hint, file: document.file,
                position: problem.position ?? positions[problem.pointer])
        }
        return placed.enumerated().sorted { left, right in
            let first = left.element.position ?? SourcePosition(line: 0, column: 0)
            let second = right.element.position ?? SourcePosition(line: 0, column: 0)
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }
}
