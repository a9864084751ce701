import JSON
import Report
import Risk
import TestSupport
import Testing

@Suite struct ScanChangeTests {
    private func report(_ facts: DocumentFacts) -> ScanReport {
        ScanReport(facts, time: "2026-01-01T00:00:00Z", generator: "test")
    }

    private var facts: DocumentFacts {
        var random = SplitMix64(seed: 3)
        return random.facts(10)
    }

    @Test func `a scan is as itself`() throws {
        let report = report(facts)
        let baseline = try Baseline(JSONParser.parse(renderJSON(report).text))
        let change = ScanChange(from: baseline, to: report)
        #expect(change.isNothing)
        #expect(change.suggested?.before == change.suggested?.after)
    }

    @Test func `new, gone and riskier operations are told`() throws {
        let baseline = try Baseline(renderJSON(report(facts)))
        var later = facts
        let gone = later.tools.removeFirst()
        var added = gone
        added.path = "/new"
        later.tools.append(added)
        later.tools[0].risk.level = later.tools[0].risk.level == .critical ? .readOnly : .critical
        let change = ScanChange(from: baseline, to: report(later))
        #expect(change.added.map(\.path) == ["/new"])
        #expect(change.removed == [gone.key])
        #expect(change.changed.map(\.key) == [later.tools[0].key])
        #expect(change.changed[0].isRiskier == (later.tools[0].risk.level == .critical))
        #expect(change.newFindings.contains { $0.subject == added.key })
        #expect(change.goneFindings.contains { $0.hasSuffix(gone.key) })
    }

    @Test(arguments: [
        "{}", "[]", "{\"format\":\"sallyport-scan/99\",\"tools\":[],\"findings\":[]}",
        "{\"format\":\"sallyport-scan/1\"}", "{\"format\":\"sallyport-scan/1\",\"tools\":[{}],\"findings\":[]}",
        "{\"format\":\"sallyport-scan/1\",\"tools\":[],\"findings\":[{\"id\":\"a\",\"severity\":\"worst\"}]}",
    ])
    func `what is no scan of this form is refused`(text: String) throws {
        let value = try JSONParser.parse(text)
        #expect(throws: Baseline.Flaw.self) { try Baseline(value) }
    }
}
