import Core
import Testing

@testable import Commands
@testable import Telemetry

@Suite struct SpanQueueTests {
    private func spans(_ count: Int, from first: UInt64 = 1) -> [Span] {
        (0..<count).map { number in
            Span(
                traceHigh: 0, traceLow: 1, id: first + UInt64(number), parent: nil, name: "n", kind: .server,
                start: Timestamp(seconds: 1), end: Timestamp(seconds: 2), attributes: [], isError: false)
        }
    }

    @Test func `the oldest leave first`() {
        let queue = SpanQueue()
        queue.add(spans(3))
        #expect(queue.take(2).map(\.id) == [1, 2])
        #expect(queue.figures.waiting == 1)
        #expect(queue.take(2).map(\.id) == [3] && queue.take(2).isEmpty)
    }

    @Test func `what does not fit is dropped and counted`() {
        let queue = SpanQueue()
        queue.add(spans(SpanQueue.most - 1))
        queue.add(spans(2))
        #expect(queue.figures.waiting == SpanQueue.most - 1 && queue.figures.dropped == 2)
        queue.add(spans(1))
        #expect(queue.figures.waiting == SpanQueue.most && queue.figures.dropped == 2)
    }

    @Test func `what comes back stands first, and is dropped where others came meanwhile`() {
        let queue = SpanQueue()
        queue.add(spans(2))
        let taken = queue.take(2)
        queue.add(spans(SpanQueue.most - 1, from: 100))
        queue.putBack(taken)
        #expect(queue.figures.dropped == 1 && queue.figures.failures == 1)
        // The older of the two is the one that is gone.
        #expect(queue.take(2).map(\.id) == [2, 100])
    }
}
