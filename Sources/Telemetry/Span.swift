package import Core
import JSON

/// One piece of work in a trace.
package struct Span: Sendable, Hashable {
    /// Numbers of OpenTelemetry's protocol.
    package enum Kind: Int, Sendable, Hashable {
        case server = 2
        case client = 3
    }

    package enum Value: Sendable, Hashable {
        case text(String)
        case number(Int)
    }

    package struct Attribute: Sendable, Hashable {
        package var name: String
        package var value: Value
    }

    package var traceHigh: UInt64
    package var traceLow: UInt64
    package var id: UInt64
    package var parent: UInt64?
    package var name: String
    package var kind: Kind
    package var start: Timestamp
    package var end: Timestamp
    package var attributes: [Attribute]
    package var isError: Bool

    var json: JSONValue {
        var object: JSONObject = [
            "traceId": .string(hexadecimal(traceHigh) + hexadecimal(traceLow)), "spanId": .string(hexadecimal(id)),
        ]
        if let parent { object.append("parentSpanId", .string(hexadecimal(parent))) }
        object.append("name", .string(name))
        object.append("kind", JSONValue(kind.rawValue))
        object.append("startTimeUnixNano", .string(Self.nanoseconds(start)))
        // A clock that was set back ends nothing before it began.
        object.append("endTimeUnixNano", .string(Self.nanoseconds(max(start, end))))
        object.append("attributes", .array(attributes.map(\.json)))
        object.append("status", isError ? ["code": JSONValue(2)] : [:])
        return .object(object)
    }

    /// Microseconds with three zeros: a 64-bit number is text in this mapping.
    private static func nanoseconds(_ time: Timestamp) -> String {
        time.microseconds > 0 ? "\(time.microseconds)000" : "0"
    }
}

extension Span.Attribute {
    init(_ name: String, _ text: String) {
        self.init(name: name, value: .text(text))
    }

    init(_ name: String, _ number: Int) {
        self.init(name: name, value: .number(number))
    }

    var json: JSONValue {
        switch value {
        case .text(let text): ["key": .string(name), "value": ["stringValue": .string(text)]]
        case .number(let number): ["key": .string(name), "value": ["intValue": .string("\(number)")]]
        }
    }
}
