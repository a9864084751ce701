import Engine
import Synchronization

/// A body that is to be committed, with whoever hears of it.
final class Job: Sendable {
    /// Tells whether what it did counts.
    typealias Body = @Sendable (any SQLConnection) throws -> Bool

    enum Caller: Sendable {
        case waits(Waiter)
        /// Hears what went wrong, or nil.
        case listens(@Sendable ((any Error)?) -> Void)
        /// Has gone on, trusting that the body will be committed: a promise.
        case trusts(@Sendable (Bool) -> Void)
    }

    /// A task that waits. INVARIANT: it is answered once, since a job is finished once.
    @safe struct Waiter: Sendable {
        private let continuation: UnsafeContinuation<Bool, any Error>

        init(_ continuation: UnsafeContinuation<Bool, any Error>) {
            unsafe self.continuation = continuation
        }

        fileprivate func answer(_ counts: Bool, _ error: (any Error)?) {
            if let error {
                unsafe continuation.resume(throwing: error)
            } else {
                unsafe continuation.resume(returning: counts)
            }
        }
    }

    /// The thread on which the caller waits, if it works in turns.
    let turns: (any Turns)?

    private let body: Body
    private let caller: Caller
    private let counts = Atomic(false)
    private let hasFailed = Atomic(false)

    init(_ body: @escaping Body, _ caller: Caller, turns: (any Turns)? = nil) {
        self.body = body
        self.caller = caller
        self.turns = turns
    }

    var isPromise: Bool {
        switch caller {
        case .waits, .listens: false
        case .trusts: true
        }
    }

    /// Whether the caller waits, and may be told that nothing was written.
    var isRefusable: Bool {
        switch caller {
        case .waits: true
        case .listens, .trusts: false
        }
    }

    /// Runs the body. Another run replaces what the last one came to.
    func run(on connection: any SQLConnection) throws {
        counts.store(try body(connection), ordering: .relaxed)
    }

    /// Called once: with nil when the body is durable, with what went wrong otherwise. For a promise only ever nil.
    func finish(_ error: (any Error)?) {
        switch caller {
        case .waits(let waiter): waiter.answer(counts.load(ordering: .relaxed), error)
        case .listens(let listener): listener(error)
        case .trusts(let committed): committed(counts.load(ordering: .relaxed))
        }
    }

    /// Notes that a promise could not be kept at once.
    ///
    /// - Returns: whether this is the first time.
    func noteFailure() -> Bool {
        !hasFailed.exchange(true, ordering: .relaxed)
    }
}
