package import Risk

/// What a tool says of itself, and what is judged from that.
package struct OwnWords: Sendable {
    package var summary: String
    package var description: String
    package var risk: Risk
    /// What in its texts is not meant for a reader.
    package var flaws: [TextFlaw]

    package init(summary: String, description: String, risk: Risk, flaws: [TextFlaw]) {
        self.summary = summary
        self.description = description
        self.risk = risk
        self.flaws = flaws
    }

    init(_ tool: ScannedTool) {
        self.init(summary: tool.summary, description: tool.description, risk: tool.risk, flaws: tool.flaws)
    }

    /// The text that stands for the tool, empty where there is none.
    var text: String { description.isEmpty ? summary : description }

    /// Texts of more characters than this are more than a model should be made to read.
    private static let longText = 2_000

    /// What should change, each kind with its evidence; a kind may be there twice.
    var problems: [(kind: FindingKind, evidence: String)] {
        var problems: [(FindingKind, String)] = []
        if let contradiction = risk.contradictions.first {
            problems.append((.contradiction, risk.contradictions.map(\.text).joined(separator: "; ")))
            if contradiction.kind == .readingName { problems.append((.misleadingDescription, contradiction.text)) }
        }
        if risk.confidence == .low {
            problems.append(
                (
                    .unclearRisk,
                    risk.reasons.first { $0.aspect == .confidence }?.text ?? "little is known of the operation"
                ))
        }
        if text.isEmpty { problems.append((.missingDescription, "neither summary nor description")) }
        let length = description.unicodeScalars.count
        if length > Self.longText { problems.append((.longDescription, "\(length) characters")) }
        for flaw in flaws {
            switch flaw.kind {
            case .instruction, .hiddenMarkup: problems.append((.hiddenInstruction, flaw.evidence))
            case .tooLong: problems.append((.longDescription, flaw.evidence))
            default: problems.append((.hiddenCharacters, flaw.evidence))
            }
        }
        return problems
    }
}
