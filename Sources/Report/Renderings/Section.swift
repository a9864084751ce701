/// A part of a report, before it has a form. Every text in it may come from outside: each rendering makes it safe in its own
/// way, and none trusts that another did.
struct Section {
    enum Tone: String {
        case plain, good, fair, bad, grave, quiet
    }

    struct Cell {
        var text: String
        var tone: Tone = .plain
    }

    enum Block {
        case paragraph(String)
        case table(columns: [String], rows: [[Cell]])
        /// Values beside one another, 0 to 1, each with what it says.
        case bars([(label: String, value: Double, text: String, tone: Tone)])
        /// Points of 100 over time, the oldest first.
        case trend([(time: String, points: Int)])
    }

    var title: String
    var blocks: [Block]
    /// Whether a terminal is better off without it.
    var isLong = false
}

extension Section.Cell: ExpressibleByStringLiteral {
    init(stringLiteral text: String) {
        self.init(text: text)
    }

    init(_ text: String, _ tone: Section.Tone = .plain) {
        self.init(text: text, tone: tone)
    }

    init(_ severity: Severity) {
        self.init(text: severity.rawValue, tone: severity.tone)
    }
}

extension Severity {
    var tone: Section.Tone {
        switch self {
        case .low: .quiet
        case .medium: .fair
        case .high: .bad
        case .critical: .grave
        }
    }
}
