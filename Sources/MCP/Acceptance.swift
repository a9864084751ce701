/// Which kinds of answer a client takes.
///
/// The specification obliges clients to name both; a client that names one is served with that one, and a client
/// without an `Accept` header takes anything (RFC 9110 §12.5.1).
public struct Acceptance: Sendable, Hashable {
    /// `application/json`: one message.
    public let json: Bool
    /// `text/event-stream`: notifications, then the message.
    public let events: Bool

    static let everything = Acceptance(json: true, events: true)

    private init(json: Bool, events: Bool) {
        self.json = json
        self.events = events
    }

    /// Reads one `Accept` field; further fields add to what the earlier ones take.
    init(_ value: String, and earlier: Acceptance? = nil) {
        // What nearly every client sends.
        guard value != "application/json, text/event-stream" else {
            self = .everything
            return
        }
        var json = earlier?.json ?? false, events = earlier?.events ?? false
        for range in value.utf8.split(separator: 0x2C) {
            var parts = range.split(separator: 0x3B).makeIterator()
            guard let type = parts.next()?.trimmingHeaderSpace else { continue }
            let isAll = type.isSameASCII(as: "*/*".utf8)
            let isJSON =
                isAll || type.isSameASCII(as: "application/json".utf8) || type.isSameASCII(as: "application/*".utf8)
            let isEvents =
                isAll || type.isSameASCII(as: "text/event-stream".utf8) || type.isSameASCII(as: "text/*".utf8)
            guard isJSON || isEvents, !Self.refuses(&parts) else { continue }
            json = json || isJSON
            events = events || isEvents
        }
        self.init(json: json, events: events)
    }

    /// Whether the parameters of a media range give it the weight zero.
    private static func refuses(_ parameters: inout some IteratorProtocol<Substring.UTF8View>) -> Bool {
        while let parameter = parameters.next() {
            let text = parameter.trimmingHeaderSpace
            guard text.starts(with: "q=0".utf8) || text.starts(with: "Q=0".utf8) else { continue }
            if text.dropFirst(3).allSatisfy({ $0 == 0x2E || $0 == 0x30 }) { return true }
        }
        return false
    }
}
