import NIOCore

/// Sends what connections of one event loop have written when the loop has done what it woke up for.
///
/// A peer that sleeps is woken by the first of several writes that follow one another closely, and by every one of those
/// that do not; waking costs more than writing.
final class Flushes {
    private let loop: any EventLoop
    private var waiting: [ChannelHandlerContext] = []

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Flushes a connection soon, together with others.
    func add(_ context: ChannelHandlerContext) {
        waiting.append(context)
        guard waiting.count == 1 else { return }
        loop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        let contexts = waiting
        waiting.removeAll(keepingCapacity: true)
        for context in contexts { context.flush() }
    }
}
