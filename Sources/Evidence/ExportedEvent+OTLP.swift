import Core
package import JSON

extension ExportedEvent {
    /// A log record as OTLP's JSON writes it (OpenTelemetry 1.x, `opentelemetry.proto.logs.v1.LogRecord`).
    ///
    /// - Parameter origin: the log's.
    package func otlp(origin: String) -> JSONValue {
        let isGrave = outcome == "unknown" || body["break_glass"] == true
        let isNo = outcome == "failure" || outcome == "refusal" || effect == "deny" || name == "rejected"
        let (severity, word) = isGrave ? (17, "ERROR") : isNo ? (13, "WARN") : (9, "INFO")
        var attributes: [JSONValue] = [
            Self.attribute("sallyport.log", ["stringValue": .string(origin)]),
            Self.attribute("sallyport.position", ["intValue": .string(String(position))]),
            Self.attribute("sallyport.leaf", ["stringValue": .string(leaf)]),
        ]
        for (key, value) in [
            ("sallyport.call.id", call), ("user.name", user), ("gen_ai.agent.name", agent),
            ("sallyport.tenant", tenant),
            ("gen_ai.tool.name", tool), ("sallyport.source", source), ("sallyport.bucket", bucket),
            ("sallyport.effect", effect), ("sallyport.outcome", outcome), ("sallyport.code", code),
            ("sallyport.by", by),
            ("sallyport.reason", reason),
        ] {
            if let value { attributes.append(Self.attribute(key, ["stringValue": .string(value)])) }
        }
        if let status {
            attributes.append(Self.attribute("http.response.status_code", ["intValue": .string("\(status)")]))
        }
        for (key, values) in [("sallyport.rules", rules), ("sallyport.records", records)] where !values.isEmpty {
            attributes.append(
                Self.attribute(
                    key, ["arrayValue": ["values": .array(values.map { ["stringValue": .string($0)] })]]))
        }
        let nanoseconds = "\(at.microseconds)000"
        var record: JSONObject = [
            "timeUnixNano": .string(nanoseconds), "observedTimeUnixNano": .string(nanoseconds),
            "severityNumber": JSONValue(severity), "severityText": .string(word),
            "eventName": .string("sallyport.\(name)"), "body": ["stringValue": .string(JSONValue.object(body).text)],
            "attributes": .array(attributes),
        ]
        // W3C Trace Context §3.2: version, trace id, parent id, flags. Ids of a wrong form would have a receiver refuse the batch.
        let parts = (trace ?? "").split(separator: "-").map(String.init)
        if parts.count == 4, Self.isHexadecimal(parts[1], 32), Self.isHexadecimal(parts[2], 16) {
            record.append("traceId", .string(parts[1]))
            record.append("spanId", .string(parts[2]))
        }
        return .object(record)
    }

    /// The body of a request to an OTLP logs endpoint (`ExportLogsServiceRequest`).
    package static func otlpRequest(_ events: [ExportedEvent], origin: String, version: String) -> JSONValue {
        [
            "resourceLogs": [
                [
                    "resource": ["attributes": [attribute("service.name", ["stringValue": "sallyport"])]],
                    "scopeLogs": [
                        [
                            "scope": ["name": "sallyport.journal", "version": .string(version)],
                            "logRecords": .array(events.map { $0.otlp(origin: origin) }),
                        ]
                    ],
                ]
            ]
        ]
    }

    private static func isHexadecimal(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    private static func attribute(_ key: String, _ value: JSONValue) -> JSONValue {
        ["key": .string(key), "value": value]
    }
}
