import JSON
import Report
import Risk
import TestSupport
import Testing

@Suite struct RenderingTests {
    private var report: ScanReport {
        var random = SplitMix64(seed: 7)
        return ScanReport(random.facts(20), time: "2026-01-01T00:00:00Z", generator: "sallyport test")
    }

    @Test func `SARIF names a rule for each result, and a place`() throws {
        let sarif = renderSARIF(report, version: "1.2.3")
        #expect(sarif["version"] == "2.1.0")
        let run = try #require(sarif["runs"]?.array?.first)
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
        let results = try #require(run["results"]?.array)
        #expect(results.count == report.findings.count)
        for result in results {
            let index = try #require(result["ruleIndex"]?.int)
            #expect(rules[index]["id"] == result["ruleId"])
            let place = result["locations"]?.array?.first?["physicalLocation"]
            #expect((place?["region"]?["startLine"]?.int ?? 0) >= 1)
            #expect(["note", "warning", "error"].contains(result["level"]?.string ?? ""))
        }
    }

    @Test func `HTML is one file that fetches nothing`() {
        let page = renderHTML(report)
        for outside in ["http://", "https://", "src=", "href=", "@import", "url(", "<script"] {
            #expect(!page.contains(outside), "\(outside)")
        }
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        for word in ["as suggested", "Findings", "Production checklist", "tool_3"] { #expect(page.contains(word)) }
    }

    @Test func `colour is written where it is asked for`() {
        #expect(renderText(report, inColour: true).contains("\u{1B}["))
        #expect(!renderText(report).contains("\u{1B}["))
    }

    @Test func `a report is a function of its facts`() {
        #expect(renderHTML(report) == renderHTML(report))
        #expect(renderJSON(report).text == renderJSON(report).text)
    }

    @Test func `every lost point names what costs it`() throws {
        for line in try #require(report.suggested).lines where line.lost > 0.05 {
            #expect(!line.check.findings.isEmpty, "\(line.check)")
            #expect(
                line.check.findings.contains { kind in report.findings.contains { $0.kind == kind } }, "\(line.check)")
        }
    }
}
