/// Lets bodies run one after the other, in the order in which they came.
actor Turnstile {
    private var last: Task<Void, Never>?

    func run<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let former = last
        // Detached: it does not end with whoever asked for it, since half a look would be a false one, and half a change of the
        // configuration none that anybody wanted.
        let task = Task.detached {
            await former?.value
            return try await body()
        }
        last = Task { _ = await task.result }
        return try await task.value
    }
}
