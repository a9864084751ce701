package import JSON

/// Spans as one request to a collector (OTLP/HTTP with JSON, OTLP 1.x: ids in hexadecimal, 64-bit numbers as text).
package func encodeSpans(_ spans: [Span], version: String, instance: String) -> JSONValue {
    let resource = [
        Span.Attribute("service.name", "sallyport"), Span.Attribute("service.version", version),
        Span.Attribute("service.instance.id", instance),
    ]
    return [
        "resourceSpans": [
            [
                "resource": ["attributes": .array(resource.map(\.json))],
                "scopeSpans": [
                    [
                        "scope": ["name": "sallyport", "version": .string(version)],
                        "spans": .array(spans.map(\.json)),
                    ]
                ],
            ]
        ]
    ]
}

/// How many spans a collector says it did not take (`ExportTraceServiceResponse.partial_success`); none where it says nothing
/// that can be read.
package func rejectedSpans(_ answer: [UInt8]) -> Int {
    guard let value = try? JSONParser.parse(answer), let rejected = value["partialSuccess"]?["rejectedSpans"] else {
        return 0
    }
    return max(0, rejected.int ?? rejected.string.flatMap { Int($0) } ?? 0)
}
