/// The report as Markdown (CommonMark with tables). Text from the document shows as it is and never as markup.
package func renderMarkdown(_ report: ScanReport, change: ScanChange? = nil) -> String {
    renderMarkdown(report.name, composeReport(report, change))
}

/// Sections under a title, as Markdown.
func renderMarkdown(_ title: String, _ sections: [Section]) -> String {
    var text = "# Security report: \(escaped(title))\n\n"
    for section in sections {
        text += "## \(escaped(section.title))\n\n"
        for block in section.blocks {
            switch block {
            case .paragraph(let paragraph): text += escaped(paragraph) + "\n\n"
            case .bars(let bars):
                text += "| | | |\n|---|---|---|\n"
                for bar in bars {
                    let filled = max(0, min(20, Int((bar.value * 20).rounded())))
                    text +=
                        "| \(escaped(bar.label)) | \(String(repeating: "█", count: filled)) | \(escaped(bar.text)) |\n"
                }
                text += "\n"
            case .trend(let trend): text += escaped("\(sparkline(trend.map(\.points)))  \(ends(of: trend))") + "\n\n"
            case .table(let columns, let rows):
                text += "| \(columns.map(escaped).joined(separator: " | ")) |\n"
                text += "|" + String(repeating: "---|", count: columns.count) + "\n"
                for row in rows { text += "| \(row.map { escaped($0.text) }.joined(separator: " | ")) |\n" }
                text += "\n"
            }
        }
    }
    return text
}

/// Every character that can begin markup behind a backslash (CommonMark §2.4), `<` and `&` as references, one line.
private func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in shown(text, limit: 2_000).unicodeScalars {
        switch scalar {
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "&": escaped += "&amp;"
        // A colon and an at sign keep addresses from becoming links in readers that make links of plain text.
        case "\\", "`", "*", "_", "[", "]", "(", ")", "#", "!", "|", "~", "@", ":", "{", "}", "$", "=":
            escaped += "\\"
            escaped.unicodeScalars.append(scalar)
        // Some readers make links of plain text that begins so.
        case "." where escaped.lowercased().hasSuffix("www"): escaped += "\\."
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    // At the beginning of a line these would open a list.
    let first = escaped.unicodeScalars.first
    if first == "-" || first == "+" { return "\\" + escaped }
    let digits = escaped.prefix { $0.isASCII && $0.isNumber }
    let rest = escaped.dropFirst(digits.count)
    return !digits.isEmpty && rest.first == "." ? digits + "\\" + rest : escaped
}
