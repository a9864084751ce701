/// One thing that should change, with its evidence. Texts from the document are in ``evidence`` and ``tool`` alone.
package struct Finding: Sendable, Hashable {
    package var kind: FindingKind
    package var severity: Severity
    /// What it is about, the same from scan to scan: method and path of an operation, or the document itself.
    package var subject: String
    /// The tool's name, where it is about one.
    package var tool: String?
    /// What was found, in words for a reviewer.
    package var evidence: String
    package var file: String
    package var line: Int?
    /// Names what was seen, where something else under the same id is another matter: a person who accepted the one did not
    /// accept the other.
    package var mark: String?
    private let ownRemedy: String?
    /// The control that it costs points of, and how many of them come back with it.
    package var cost: Cost?

    /// What a finding costs.
    package struct Cost: Sendable, Hashable {
        package var control: Control
        package var points: Double

        package init(_ control: Control, _ points: Double) {
            self.control = control
            self.points = points
        }
    }

    package init(
        _ kind: FindingKind, _ severity: Severity? = nil, subject: String, tool: String? = nil, evidence: String,
        file: String, line: Int? = nil, remedy: String? = nil, cost: Cost? = nil
    ) {
        self.kind = kind
        self.severity = severity ?? kind.severity
        self.subject = subject
        self.tool = tool
        self.evidence = evidence
        self.file = file
        self.line = line
        ownRemedy = remedy
        self.cost = cost
    }

    /// What to do about it.
    package var remedy: String { ownRemedy ?? kind.remedy }

    /// Names the finding from scan to scan. Evidence, severity and place may change while it stays the same finding.
    package var id: String { "\(kind.rawValue):\(subject)" }
}
