/// The report as one HTML file: no script, nothing fetched, made for the screen in light and dark and for paper.
package func renderHTML(_ report: ScanReport, change: ScanChange? = nil) -> String {
    renderHTML(
        report.name, composeReport(report, change),
        footer: "\(report.generator), \(report.time). A function of facts: no model took part.")
}

/// Sections under a title, as one HTML file.
func renderHTML(
    _ title: String, _ sections: [Section], kind: StaticString = "Security report", footer: String
) -> String {
    let title = escaped(title)
    var page = HTMLWriter()
    page.raw(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="referrer" content="no-referrer">
        <title>\(kind): \(title)</title>
        <style>\(stylesheet)</style></head>
        <body><main><header><p>\(kind)</p><h1>\(title)</h1></header>

        """)
    for section in sections {
        page.raw("<section><h2>")
        page.text(section.title)
        page.raw("</h2>\n")
        for block in section.blocks { page.write(block) }
        page.raw("</section>\n")
    }
    page.raw("<footer><p>")
    page.text(footer)
    page.raw("</p></footer></main></body></html>\n")
    return String(decoding: page.bytes, as: UTF8.self)
}

private func escaped(_ text: String) -> String {
    var writer = HTMLWriter()
    writer.text(text)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// Writes HTML. Text and markup come in by different doors.
private struct HTMLWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ markup: String) {
        bytes.append(contentsOf: markup.utf8)
    }

    /// Text with references for what is markup (HTML, §13.1.2.4), and spaces for what does not show.
    mutating func text(_ text: String, limit: Int = 2_000) {
        if text.utf8.count <= limit, text.utf8.allSatisfy(isPlainText) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        if text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "&"): raw("&amp;")
                case UInt8(ascii: "<"): raw("&lt;")
                case UInt8(ascii: ">"): raw("&gt;")
                case UInt8(ascii: "\""): raw("&quot;")
                case UInt8(ascii: "'"): raw("&#39;")
                default: bytes.append(byte)
                }
            }
            return
        }
        for scalar in shown(text, limit: limit).unicodeScalars {
            switch scalar {
            case "&": raw("&amp;")
            case "<": raw("&lt;")
            case ">": raw("&gt;")
            case "\"": raw("&quot;")
            case "'": raw("&#39;")
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    mutating func write(_ block: Section.Block) {
        switch block {
        case .paragraph(let paragraph):
            raw("<p>")
            text(paragraph)
            raw("</p>\n")
        case .bars(let bars):
            raw("<dl class=\"bars\">\n")
            for bar in bars {
                raw("<dt>")
                text(bar.label)
                let width = max(0, min(1000, Int((bar.value * 1000).rounded())))
                raw(
                    "</dt><dd><svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                        + "<rect class=\"ground\" width=\"1000\" height=\"40\"/>"
                        + "<rect class=\"\(bar.tone.rawValue)\" width=\"\(width)\" height=\"40\"/></svg><span>")
                text(bar.text)
                raw("</span></dd>\n")
            }
            raw("</dl>\n")
        case .trend(let trend):
            raw("<figure><svg class=\"trend\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\">")
            raw("<rect class=\"ground\" width=\"1000\" height=\"100\"/>")
            let last = max(1, trend.count - 1)
            let points = trend.enumerated().map { "\($0 * 1000 / last),\(100 - max(0, min(100, $1.points)))" }
            raw("<polyline points=\"\(points.joined(separator: " "))\"/></svg><figcaption>")
            text(ends(of: trend))
            raw("</figcaption></figure>\n")
        case .table(let columns, let rows):
            raw("<div class=\"wide\"><table><thead><tr>")
            for column in columns {
                raw("<th>")
                text(column)
                raw("</th>")
            }
            raw("</tr></thead><tbody>\n")
            for row in rows {
                raw("<tr>")
                for cell in row {
                    if cell.tone == .plain {
                        raw("<td>")
                        text(cell.text)
                        raw("</td>")
                    } else {
                        raw("<td><span class=\"\(cell.tone.rawValue)\">")
                        text(cell.text)
                        raw("</span></td>")
                    }
                }
                raw("</tr>\n")
            }
            raw("</tbody></table></div>\n")
        }
    }
}

/// What is text in HTML whatever stands beside it.
private func isPlainText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22 && byte != 0x27
}

private let stylesheet = """
    :root{color-scheme:light dark;--ink:#1c2330;--paper:#fff;--soft:#5b6675;--line:#dfe4ea;--ground:#eef1f5;\
    --good:#1a7f4b;--fair:#9a6700;--bad:#c2410c;--grave:#b4111f}
    @media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--paper:#12161d;--soft:#9aa6b5;--line:#2a313c;--ground:#1d232c;\
    --good:#4cc38a;--fair:#e2b340;--bad:#fb8b55;--grave:#ff7b86}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
    main{max-width:76rem;margin:0 auto;padding:2rem 1.25rem 4rem}
    header p{margin:0;color:var(--soft);letter-spacing:.04em;text-transform:uppercase;font-size:.8rem}
    h1{margin:.1rem 0 1.5rem;font-size:2rem;line-height:1.2;overflow-wrap:anywhere}
    h2{margin:2.5rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--line);font-size:1.25rem}
    p{max-width:62rem;overflow-wrap:anywhere}
    .bars{display:grid;grid-template-columns:max-content 1fr;gap:.5rem 1rem;align-items:center;margin:1rem 0}
    .bars dt{font-weight:600}
    .bars dd{margin:0;display:grid;grid-template-columns:minmax(8rem,28rem) max-content;gap:1rem;align-items:center}
    svg{width:100%;height:.9rem;display:block;border-radius:.45rem}
    rect.ground{fill:var(--ground)}rect.good{fill:var(--good)}rect.fair{fill:var(--fair)}rect.bad{fill:var(--bad)}
    rect.grave{fill:var(--grave)}rect.quiet,rect.plain{fill:var(--soft)}
    figure{margin:1rem 0}figcaption{color:var(--soft);font-size:.86rem}
    svg.trend{height:6rem;max-width:62rem;border-radius:.3rem}
    polyline{fill:none;stroke:var(--good);stroke-width:2;vector-effect:non-scaling-stroke}
    .wide{overflow-x:auto;margin:1rem 0}
    table{border-collapse:collapse;width:100%;font-size:.86rem}
    th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere;\
    min-width:4rem}
    th{color:var(--soft);font-weight:600;white-space:nowrap}
    td span{font-weight:600}
    span.good{color:var(--good)}span.fair{color:var(--fair)}span.bad{color:var(--bad)}span.grave{color:var(--grave)}
    span.quiet{color:var(--soft);font-weight:400}
    footer{margin-top:3rem;color:var(--soft);font-size:.85rem}
    @media(max-width:40rem){.bars,.bars dd{grid-template-columns:1fr;gap:.2rem}}
    @media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--soft:#444;--line:#bbb;--ground:#eee;--good:#14613a;\
    --fair:#7a5200;--bad:#9c3409;--grave:#8f0d18}@page{margin:14mm}body{font-size:10pt}main{max-width:none;padding:0}\
    .wide{overflow:visible}table{font-size:7.5pt}thead{display:table-header-group}tr,.bars{break-inside:avoid}\
    h2{break-after:avoid}*{print-color-adjust:exact}}
    """
