/// What became of spans.
package struct SpanFigures: Sendable, Hashable {
    package var exported = 0
    /// Those that did not fit into the queue, or that the collector did not take.
    package var dropped = 0
    package var failures = 0
    package var waiting = 0

    package init() {}

    var families: [MetricFamily] {
        [
            MetricFamily(
                "sallyport_spans_exported_total", .counter, "Spans that the collector took.", .count(exported)),
            MetricFamily(
                "sallyport_spans_dropped_total", .counter,
                "Spans that did not fit into the queue, or that the collector did not take.", .count(dropped)),
            MetricFamily(
                "sallyport_span_export_failures_total", .counter, "Attempts that reached no collector.",
                .count(failures)),
            MetricFamily("sallyport_spans_waiting", .gauge, "Spans that wait to be exported.", .count(waiting)),
        ]
    }
}
