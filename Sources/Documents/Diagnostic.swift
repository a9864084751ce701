/// A problem in a file: what, where, and what to do about it.
package struct Diagnostic: Error, Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        case error, warning, note
    }

    package let severity: Severity
    /// Stable, in kebab case, such as `unknown-key`.
    package let code: String
    /// One sentence about the problem, without the place.
    package let message: String
    /// What the reader can do, in one sentence.
    package let hint: String?
    /// The file as the reader named it.
    package let file: String
    package let position: SourcePosition?

    package init(
        _ severity: Severity, code: String, _ message: String, hint: String? = nil, file: String,
        position: SourcePosition? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.hint = hint
        self.file = file
        self.position = position
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line: severity: message`, and the hint on a line of its own.
    package var description: String {
        let place = position.map { "\(file):\($0.line)" } ?? file
        let hint = hint.map { "\n    hint: \($0)" } ?? ""
        return "\(place): \(severity.rawValue): \(message)\(hint)"
    }
}
