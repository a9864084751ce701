import JSON
import Report
import Risk
import Testing

/// Text from a document becomes neither markup nor terminal control nor a second line in any rendering.
@Suite struct HostileTextTests {
    private static let hostile =
        "<script>alert(1)</script><img src=x onerror=alert(1)> | `code` [a](javascript:b) \u{1B}[31mred\u{1B}]0;t\u{7}"
        + "\u{202E}evil\u{200B}\r\n# head\n=1+1 &lt; \"quoted\" 'single' www.example.com ![i](http://e.example/x)"

    private var report: ScanReport {
        let tool = ScannedTool(
            name: Self.hostile, method: "GET", path: "/" + Self.hostile, summary: Self.hostile,
            description: Self.hostile, tags: [Self.hostile],
            risk: Risk(
                level: .critical, categories: [.communication], effect: .dataChange, confidence: .low,
                reasons: [Risk.Reason(.level, Self.hostile)],
                contradictions: [Contradiction(.readingMethod, Self.hostile)]),
            permissions: [Self.hostile], openArguments: [Self.hostile], secretsInAddress: [Self.hostile],
            file: Self.hostile, line: 1)
        let read = ScannedTool(
            name: "read", method: "GET", path: "/read", risk: Risk(level: .readOnly, effect: .none, confidence: .high))
        return ScanReport(
            DocumentFacts(
                title: Self.hostile, version: Self.hostile, openAPIVersion: Self.hostile, file: Self.hostile,
                digest: Self.hostile, tools: [tool, read], operationCount: 3,
                skipped: [
                    DocumentFacts.Skipped(
                        subject: Self.hostile, code: Self.hostile, message: Self.hostile, file: Self.hostile, line: 2)
                ]
            ),
            time: "2026-01-01T00:00:00Z", generator: "test")
    }

    private func isQuiet(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n"
                || scalar.value >= 0x20 && scalar.value != 0x7F
                    && !(0x80...0x9F).contains(scalar.value) && !scalar.properties.isBidiControl
                    && !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    @Test func `not in HTML`() {
        let page = renderHTML(report)
        #expect(isQuiet(page))
        #expect(!page.contains("<script") && !page.contains("<img"))
        #expect(page.contains("&lt;script&gt;"), "it is shown as text")
    }

    @Test func `not on the terminal`() {
        #expect(isQuiet(renderText(report, isWhole: true)))
        #expect(!renderText(report, isWhole: true).contains("\n# head"))
    }

    @Test func `not in Markdown`() {
        let text = renderMarkdown(report)
        #expect(isQuiet(text))
        #expect(
            !text.contains("<script") && !text.contains("<img") && !text.contains("](") && !text.contains("\n# head"))
        #expect(!text.contains("`code`") && !text.contains("www.example") && !text.contains("http://"))
        let cells = text.split(separator: "\n").filter { $0.contains("alert") && $0.hasPrefix("|") }
        #expect(!cells.isEmpty && cells.allSatisfy { $0.hasSuffix("|") }, "a row stays a row")
    }

    @Test func `not in SARIF`() throws {
        let sarif = renderSARIF(report, version: "1")
        #expect(isQuiet(sarif.text))
        for result in try #require(sarif["runs"]?.array?.first?["results"]?.array) {
            let message = result["message"]?["text"]?.string ?? ""
            #expect(!message.contains("[a]("), "a link")
        }
    }
}
