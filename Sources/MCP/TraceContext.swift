import JSON

/// The W3C trace context that a request carries in `_meta` (2026-07-28, basic/index, OpenTelemetry trace context).
public struct TraceContext: Sendable, Hashable {
    /// Well formed: version, trace id, parent id and flags in lower-case hexadecimal, no id all zero.
    public let traceparent: String
    /// At most 512 visible ASCII characters; what is longer or has others is dropped.
    public let tracestate: String?
    /// At most 8192 visible ASCII characters; what is longer or has others is dropped.
    public let baggage: String?

    /// - Returns: nil when there is no `traceparent` or it is malformed (W3C Trace Context §3.2.2).
    public init?(traceparent: String?, tracestate: String? = nil, baggage: String? = nil) {
        guard let traceparent, Self.isWellFormed(Array(traceparent.utf8)) else { return nil }
        self.traceparent = traceparent
        self.tracestate = tracestate.flatMap { Self.isPlain($0, limit: 512) ? $0 : nil }
        self.baggage = baggage.flatMap { Self.isPlain($0, limit: 8192) ? $0 : nil }
    }

    init?(meta: JSONObject) {
        self.init(
            traceparent: meta["traceparent"]?.string, tracestate: meta["tracestate"]?.string,
            baggage: meta["baggage"]?.string)
    }

    private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 55 else { return false }
        let parts = bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], !parts[0].elementsEqual("ff".utf8) else { return false }
        let isHexadecimal = parts.allSatisfy { part in
            part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 }
        }
        return isHexadecimal && parts[1...2].allSatisfy { part in part.contains { $0 != 0x30 } }
    }

    private static func isPlain(_ text: String, limit: Int) -> Bool {
        text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E }
    }
}
