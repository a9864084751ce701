import Core
import Policy
import Risk
import Telemetry
import Testing

@Suite struct TallyTests {
    private func course(_ outcome: Course.End, code: Refusal.Code? = nil, source: String = "acme") -> Course {
        var course = Course(
            start: Timestamp(microseconds: 1_000), end: Timestamp(microseconds: 4_000), outcome: outcome)
        course.target = Course.Target(tool: "get_deal", source: source, bucket: .read)
        course.effect = .allow
        course.code = code
        course.ends = [(.decide, Timestamp(microseconds: 1_100)), (.prepare, Timestamp(microseconds: 900))]
        return course
    }

    @Test func `calls are counted by what they were and what came of them`() {
        var tally = Tally()
        tally.add(Tally.Entry(course(.result)))
        tally.add(Tally.Entry(course(.result)))
        tally.add(Tally.Entry(course(.refused, code: .overBudget)))
        tally.add(Tally.Entry(Course(start: Timestamp(seconds: 1), end: Timestamp(seconds: 0), outcome: .refused)))
        let text = renderMetrics(tally.families)
        #expect(
            text.contains(
                #"sallyport_calls_total{source="acme",bucket="read",effect="allow",outcome="result"} 2"#))
        #expect(text.contains(#"sallyport_calls_total{source="",bucket="",effect="",outcome="refused"} 1"#))
        #expect(text.contains(#"sallyport_refusals_total{code="over-budget"} 1"#))
        #expect(text.contains(#"sallyport_refusals_total{code="denied"} 0"#))
        #expect(text.contains("sallyport_call_duration_seconds_count 4"))
        #expect(text.contains(#"sallyport_call_stage_duration_seconds_count{stage="decide"} 3"#))
        // A tool's name is in none.
        #expect(!text.contains("get_deal"))
    }

    @Test func `a clock that was set back makes no time negative`() {
        #expect(course(.result).stages.map(\.microseconds) == [100, 0])
    }

    @Test func `sources that come and go do not make it grow without end`() {
        var tally = Tally()
        for number in 0..<6_000 { tally.add(Tally.Entry(course(.result, source: "s\(number)"))) }
        let lines = renderMetrics(tally.families).split(separator: "\n").filter {
            $0.hasPrefix("sallyport_calls_total{")
        }
        #expect(lines.count == 4_097)
        #expect(lines.contains { $0.contains("(other)") && $0.hasSuffix(" 1904") })
    }
}
