import MCP
import NIOCore

/// The event stream of one long answer: nothing is committed until the first sign of life is due, so that quick
/// errors keep their status.
final class AgentStream {
    private var progress: Progress?
    private var isOpen = false
    private var ticks = 0
    private var timer: RepeatedTask?
    private let write: ([UInt8]) -> Void
    private let open: () -> Void

    init(
        _ exchange: Exchange, _ limits: AgentParts.Limits, on loop: any EventLoop,
        write: @escaping ([UInt8]) -> Void, open: @escaping () -> Void
    ) {
        progress = Progress(exchange)
        self.write = write
        self.open = open
        let keepAlive = TimeAmount.seconds(Int64(limits.keepAliveSeconds))
        let first = progress == nil ? keepAlive : .milliseconds(Int64(limits.progressMilliseconds))
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleRepeatedTask(initialDelay: first, delay: progress == nil ? keepAlive : .seconds(5)) { _ in
            bound.value.tick()
        }
    }

    private func tick() {
        if !isOpen {
            isOpen = true
            open()
        }
        ticks += 1
        if let message = progress?.advance(to: Double(ticks), message: "waiting for the source") {
            write(EventStream.event(message))
        } else {
            write(EventStream.keepAlive)
        }
    }

    /// Stops the signs of life.
    ///
    /// - Returns: whether the stream was opened, so that the answer has to be an event.
    @discardableResult
    func end() -> Bool {
        timer?.cancel()
        timer = nil
        progress?.finish()
        return isOpen
    }
}
