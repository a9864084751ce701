import NIOCore
import Synchronization

/// Runs tasks on one event loop, so that a call from its first byte to its last never changes threads.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var waiting: [UnownedJob] = []
        /// Room for the next to wait while the last are run.
        var spare: [UnownedJob] = []
    }

    let loop: any EventLoop
    private let queue = Mutex(Queue())
    let flushes: NIOLoopBoundBox<Flushes>

    init(_ loop: any EventLoop) {
        self.loop = loop
        flushes = NIOLoopBoundBox.makeBoxSendingValue(Flushes(loop), eventLoop: loop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.waiting.append(job)
            return queue.waiting.count == 1
        }
        if isFirst { loop.execute { self.run() } }
    }

    /// Runs what has been enqueued by now.
    private func run() {
        var jobs = queue.withLock { queue in
            swap(&queue.waiting, &queue.spare)
            return exchange(&queue.spare, with: [])
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        jobs.removeAll(keepingCapacity: true)
        queue.withLock { [jobs] in $0.spare = jobs }
    }
}
