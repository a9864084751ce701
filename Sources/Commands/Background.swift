import Synchronization

/// Work that nobody waits for until the end.
final class Background: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    func add(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let number = state.next
            state.next += 1
            state.tasks[number] = Task.detached { [self] in
                await body()
                self.state.withLock { $0.tasks[number] = nil }
            }
        }
    }

    /// Returns once all that was added has ended.
    func end() async {
        while let task = state.withLock({ $0.tasks.first?.value }) { await task.value }
    }
}
