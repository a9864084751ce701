import Core

/// The report for a terminal.
///
/// - Parameters:
///   - inColour: whether to write ANSI colours (ECMA-48 SGR).
///   - isWhole: whether to list every tool; otherwise the list is left to the other renderings.
package func renderText(
    _ report: ScanReport, change: ScanChange? = nil, inColour: Bool = false, isWhole: Bool = false
) -> String {
    renderText(composeReport(report, change).filter { isWhole || !$0.isLong }, inColour: inColour)
}

/// Sections for a terminal.
func renderText(_ sections: [Section], inColour: Bool) -> String {
    var text = ""
    for section in sections {
        text += style("\(section.title)\n", inColour ? "\u{1B}[1m" : nil)
        for block in section.blocks {
            switch block {
            case .paragraph(let paragraph): text += wrapped(shown(paragraph), to: 100)
            case .bars(let bars):
                let width = bars.map { $0.label.unicodeScalars.count }.max() ?? 0
                for bar in bars {
                    let filled = Int((bar.value * 30).rounded())
                    let drawn =
                        String(repeating: "█", count: max(0, min(30, filled)))
                        + String(repeating: "░", count: max(0, 30 - filled))
                    text += "  \(padded(shown(bar.label), width))  " + style(drawn, inColour ? bar.tone.colour : nil)
                    text += "  \(shown(bar.text))\n"
                }
            case .trend(let trend): text += "  \(sparkline(trend.map(\.points)))  \(shown(ends(of: trend)))\n"
            case .table(let columns, let rows): text += table(columns, rows, inColour)
            }
        }
        text += "\n"
    }
    return text
}

private func style(_ text: String, _ colour: String?) -> String {
    colour.map { "\($0)\(text)\u{1B}[0m" } ?? text
}

private func table(_ columns: [String], _ rows: [[Section.Cell]], _ inColour: Bool) -> String {
    let cells = rows.map { $0.map { (text: shown($0.text, limit: 120), tone: $0.tone) } }
    let widths = columns.indices.map { column in
        max(
            columns[column].unicodeScalars.count,
            cells.map { $0.indices.contains(column) ? $0[column].text.unicodeScalars.count : 0 }.max() ?? 0)
    }
    var text = "  " + style(row(zip(columns, widths).map { padded($0, $1) }), inColour ? "\u{1B}[4m" : nil) + "\n"
    for line in cells {
        let parts = line.enumerated().map { index, cell in
            style(padded(cell.text, widths[index]), inColour ? cell.tone.colour : nil)
        }
        text += "  " + row(parts) + "\n"
    }
    return text
}

private func row(_ parts: [String]) -> String {
    var line = parts.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
}

private func wrapped(_ text: String, to width: Int) -> String {
    var lines = ""
    var line = " "
    for word in text.split(separator: " ") {
        if line.unicodeScalars.count + word.unicodeScalars.count + 1 > width, line != " " {
            lines += line + "\n"
            line = " "
        }
        line += " " + word
    }
    return lines + line + "\n"
}

/// Points of 100 as a line of blocks.
func sparkline(_ points: [Int]) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    return String(points.map { blocks[max(0, min(7, $0 * 8 / 101))] })
}

/// What a trend says in words.
func ends(of trend: [(time: String, points: Int)]) -> String {
    guard let first = trend.first, let last = trend.last else { return "" }
    let low = trend.map(\.points).min() ?? 0
    let high = trend.map(\.points).max() ?? 0
    return
        "\(first.points) on \(first.time.prefix(10)), \(last.points) on \(last.time.prefix(10)); from \(low) to \(high)"
}

/// Text from outside with spaces for what does not show, so that it cannot draw on the terminal, and bounded.
func shown(_ text: String, limit: Int = 400) -> String {
    var cleaned = ""
    var count = 0
    for scalar in text.unicodeScalars {
        count += 1
        guard count <= limit else { return cleaned + "…" }
        cleaned.unicodeScalars.append(scalar.isPrintable ? scalar : " ")
    }
    return cleaned
}

extension Section.Tone {
    fileprivate var colour: String? {
        switch self {
        case .plain: nil
        case .good: "\u{1B}[32m"
        case .fair: "\u{1B}[33m"
        case .bad: "\u{1B}[31m"
        case .grave: "\u{1B}[1;31m"
        case .quiet: "\u{1B}[2m"
        }
    }
}
