import Synchronization

/// Work that nobody waits for until the end.
final class Background: Sendable {
    private struct State {
        var tasks: [Int: (task: Task<Void, Never>, isNotice: Bool)] = [:]
        var next = 0
        var isEnding = false

        var notices: Int { tasks.values.count { $0.isNotice } }
    }

    /// How many notices may be on their way.
    private static let mostNotices = 100
    private static let graceSeconds = 3

    private let state = Mutex(State())

    /// Throws once the end has come: work that can be done again another time asks between its parts, so that the end
    /// does not wait for all of it.
    func checkGoesOn() throws(CancellationError) {
        if state.withLock({ $0.isEnding }) { throw CancellationError() }
    }

    func add(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { add(body, isNotice: false, to: &$0) }
    }

    /// Adds work on others' networks, which the end does not wait for.
    ///
    /// - Returns: false where too much of it is on its way; then nothing was added.
    func addNotice(_ body: @escaping @Sendable () async -> Void) -> Bool {
        state.withLock { state in
            guard state.notices < Self.mostNotices, !state.isEnding else { return false }
            add(body, isNotice: true, to: &state)
            return true
        }
    }

    private func add(_ body: @escaping @Sendable () async -> Void, isNotice: Bool, to state: inout State) {
        let number = state.next
        state.next += 1
        let task = Task.detached { [self] in
            await body()
            self.state.withLock { $0.tasks[number] = nil }
        }
        state.tasks[number] = (task, isNotice)
    }

    /// Returns once all that was added has ended; notices have some seconds, and are broken off then.
    func end() async {
        let notices = state.withLock { state in
            state.isEnding = true
            return state.tasks.values.filter(\.isNotice).map(\.task)
        }
        let breaker = Task {
            try await Task.sleep(for: .seconds(Self.graceSeconds))
            for notice in notices { notice.cancel() }
        }
        defer { breaker.cancel() }
        while let one = state.withLock({ $0.tasks.values.first?.task }) { await one.value }
    }
}
