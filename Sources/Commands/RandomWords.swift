import Glibc
import Synchronization

/// Random words of the system, taken by the thousand: a system call for each would show in the cost of a call.
///
/// For names that nobody may guess. Keys and nonces are not made of them.
final class RandomWords: Sendable {
    private let words = Mutex<[UInt64]>([])

    /// Two words that nobody else gets.
    func two() -> (UInt64, UInt64) {
        words.withLock { words in
            if words.count < 2 { words = Self.draw(2_048) }
            return (words.removeLast(), words.removeLast())
        }
    }

    private static func draw(_ count: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: count)
        let source = unsafe open("/dev/urandom", O_RDONLY | O_CLOEXEC)
        if source >= 0 {
            defer { close(source) }
            let drawn = unsafe words.withUnsafeMutableBytes { unsafe read(source, $0.baseAddress, $0.count) }
            if drawn == count * MemoryLayout<UInt64>.size { return words }
        }
        var generator = SystemRandomNumberGenerator()
        return words.map { _ in generator.next() }
    }
}
