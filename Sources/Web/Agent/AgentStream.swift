import MCP

/// The event stream of one long answer, from its first sign of life on.
struct AgentStream {
    private var progress: Progress?
    private var signs = 0

    /// Seconds between signs of life for a client that wants to hear of progress.
    static let progressSeconds = 5

    init(_ exchange: Exchange) {
        progress = Progress(exchange)
    }

    var tellsProgress: Bool { progress != nil }

    /// The bytes of the next sign of life.
    mutating func sign() -> [UInt8] {
        signs += 1
        return progress?.advance(to: Double(signs), message: "waiting").map { EventStream.event($0) }
            ?? EventStream.keepAlive
    }
}
