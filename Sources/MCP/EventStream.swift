/// The event stream that answers one POST: notifications, then the response, then the end.
///
/// Events have no ids: streams cannot be resumed (2026-07-28, streamable-http, Receiving Messages). As long as
/// nothing of a stream has been sent, an answer can still be plain JSON with its own status.
public enum EventStream {
    static let headers = [
        HeaderField("Content-Type", "text/event-stream"),
        HeaderField("Cache-Control", "no-cache"),
        // Keeps reverse proxies from holding events back.
        HeaderField("X-Accel-Buffering", "no"),
    ]

    /// What comes before the first event.
    public static let opening = HTTPReply(status: 200, headers: headers)

    /// A comment that keeps the connection from looking idle; about every 15 seconds.
    public static let keepAlive = Array(": ping\n\n".utf8)

    /// One message as one event.
    ///
    /// Line ends become spaces. In JSON they can stand between tokens only, so the message stays the same, and
    /// whatever it contains cannot begin an event of its own.
    public static func event(_ message: [UInt8]) -> [UInt8] {
        var event = Array("event: message\ndata: ".utf8)
        event.reserveCapacity(event.count + message.count + 2)
        let start = event.count
        event.append(contentsOf: message)
        for index in start..<event.count where event[index] == 0x0A || event[index] == 0x0D { event[index] = 0x20 }
        event.append(0x0A)
        event.append(0x0A)
        return event
    }
}
