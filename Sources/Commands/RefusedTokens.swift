import Core
import Engine
import Logging
import Synchronization

/// Writes down that tokens were refused: at most one line a second, with how many there were.
final class RefusedTokens: Sendable {
    private let logger: Logger
    private let state = Mutex((second: 0, unreported: 0))

    init(logger: Logger) {
        self.logger = logger
    }

    func note(_ fault: AuthenticationFault) {
        let second = systemTime().seconds
        let count = state.withLock { state -> Int? in
            state.unreported += 1
            guard second != state.second else { return nil }
            defer { state = (second, 0) }
            return state.unreported
        }
        guard let count else { return }
        logger.notice(
            "tokens were refused",
            metadata: ["count": "\(count)", "last": "\(fault.code.rawValue): \(fault.cause.boundedText)"])
    }
}
