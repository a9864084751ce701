import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The lines that come through a descriptor, one after the other, in bounded memory.
struct InputLines {
    enum Line: Equatable {
        /// Without its line end.
        case text([UInt8])
        case tooLong
    }

    /// The number of the line that was read last, from 1.
    private(set) var number = 0

    private let descriptor: Int32
    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    private var isAtEnd = false

    init(_ descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Whether a whole line has come that nobody read yet.
    var hasMore: Bool { buffer[start...].contains(0x0A) }

    /// The next line; nil at the end.
    mutating func next() throws -> Line? {
        var searched = start
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = buffer[start..<end]
                start = end + 1
                number += 1
                return isTooLong || line.count > limit ? .tooLong : .text(Array(line))
            }
            if buffer.count - start > limit {
                isTooLong = true
                buffer.removeAll(keepingCapacity: true)
                start = 0
            }
            searched = buffer.count - start
            guard !isAtEnd, try read() else {
                let rest = buffer[start...]
                buffer = []
                start = 0
                guard isTooLong || !rest.isEmpty else { return nil }
                number += 1
                return isTooLong ? .tooLong : .text(Array(rest))
            }
        }
    }

    /// Waits for more bytes and puts them behind those that are there.
    ///
    /// - Returns: false at the end of the input.
    private mutating func read() throws -> Bool {
        buffer.removeFirst(start)
        start = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandError("standard input cannot be read (\(errno))") }
            isAtEnd = count == 0
            buffer += chunk[..<count]
            return !isAtEnd
        }
    }
}
