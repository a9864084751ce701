import Synchronization

/// Tells the address once every part listens.
final class Readiness: Sendable {
    private let state: Mutex<(missing: Int, address: String)>
    private let tell: @Sendable (String) -> Void

    init(parts: Int, tell: @escaping @Sendable (String) -> Void) {
        state = Mutex((parts, ""))
        self.tell = tell
    }

    /// - Parameter address: where it listens, from the part that the address is of.
    func note(_ address: String? = nil) {
        let told: String? = state.withLock { state in
            state.missing -= 1
            if let address { state.address = address }
            return state.missing == 0 ? state.address : nil
        }
        if let told { tell(told) }
    }
}
