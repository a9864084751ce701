import JSON

/// The progress of one request, told to the client that asked for it.
///
/// Values that do not grow are dropped, as is everything after the end (2026-07-28, basic/patterns/progress).
public struct Progress: Sendable {
    private let token: ProgressToken
    private var reached = -Double.infinity
    private var isOver = false

    /// - Returns: nil when the client did not ask to hear of progress.
    public init?(_ exchange: Exchange) {
        guard let token = exchange.progressToken else { return nil }
        self.token = token
    }

    /// The notification that says how far the work is.
    ///
    /// - Parameters:
    ///   - value: More than the last one.
    ///   - total: What `value` will be at the end, where that is known.
    ///   - message: A sentence for people.
    /// - Returns: nil when the value is no step forward or the request has been answered.
    public mutating func advance(to value: Double, of total: Double? = nil, message: String? = nil) -> [UInt8]? {
        guard !isOver, value > reached, let number = JSONNumber(value) else { return nil }
        reached = value
        var json = JSONWriter()
        json.raw(#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#)
        json.write(token.value)
        json.raw(#","progress":"#)
        json.write(.number(number))
        if let total = total.flatMap({ JSONNumber($0) }) {
            json.raw(#","total":"#)
            json.write(.number(total))
        }
        if let message {
            json.raw(#","message":"#)
            json.write(message)
        }
        json.raw("}}")
        return json.bytes
    }

    /// Ends the progress; call it before the response is sent.
    public mutating func finish() {
        isOver = true
    }
}
