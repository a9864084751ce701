import Telemetry
import Testing

@Suite struct RenderMetricsTests {
    @Test func `families are written as Prometheus reads them`() {
        var family = MetricFamily("a_total", .counter, "Back\\slash\nand line.")
        family.add(.count(3), ["x": "q\"u\\o\nte"])
        let gauge = MetricFamily("b", .gauge, "B.", .number(1.5))
        #expect(
            renderMetrics([family, gauge]) == #"""
                # HELP a_total Back\\slash\nand line.
                # TYPE a_total counter
                a_total{x="q\"u\\o\nte"} 3
                # HELP b B.
                # TYPE b gauge
                b 1.5

                """#)
    }

    @Test func `a histogram adds up, in seconds`() {
        var histogram = Histogram()
        for time: Int64 in [100, 101, 2_000_000, .max] { histogram.add(microseconds: time) }
        let lines = renderMetrics([MetricFamily("h", .histogram, "H.", .histogram(histogram))]).split(separator: "\n")
        #expect(lines.contains("h_bucket{le=\"0.0001\"} 1"))
        #expect(lines.contains("h_bucket{le=\"0.00025\"} 2"))
        #expect(lines.contains("h_bucket{le=\"2.5\"} 3"))
        #expect(lines.contains("h_bucket{le=\"60.0\"} 3"))
        #expect(lines.contains("h_bucket{le=\"+Inf\"} 4"))
        #expect(lines.contains("h_count 4"))
    }

    @Test func `numbers that are none have names`() {
        let family = MetricFamily("a", .gauge, "A.", .number(.nan))
        #expect(renderMetrics([family]).hasSuffix("a NaN\n"))
    }
}
