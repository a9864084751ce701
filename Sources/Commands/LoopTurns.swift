import NIOCore
import NIOPosix
import Store

/// An event loop as the journal sees it.
final class LoopTurns: Turns {
    private let loop: any EventLoop

    private init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ body: @escaping @Sendable () -> Void) {
        loop.execute(body)
    }

    func enqueue(afterMicroseconds time: Int, _ body: @escaping @Sendable () -> Void) {
        loop.scheduleTask(in: .microseconds(Int64(time)), body)
    }

    /// Tells which of the group's loops the calling thread is, if it is one.
    static func finder(_ group: (any EventLoopGroup)?) -> @Sendable () -> (any Turns)? {
        let all = group?.makeIterator().map(LoopTurns.init) ?? []
        return {
            guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
            return all.first { $0.loop === loop }
        }
    }
}
