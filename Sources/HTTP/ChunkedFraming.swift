/// The framing of a chunked body, byte by byte (RFC 9112 §7.1). Extensions and trailers are checked and dropped.
package struct ChunkedFraming: Sendable {
    private enum State: Sendable {
        case size(digits: Int)
        case `extension`
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailerName(length: Int)
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
        case done
    }

    private var state = State.size(digits: 0)
    /// Bytes of the current chunk that are still to come.
    package private(set) var remaining = 0
    /// Bytes spent on extensions and trailers.
    private var overhead = 0
    private var trailers = 0
    private let maxOverhead: Int
    private let maxTrailers: Int

    package init(maxOverhead: Int, maxTrailers: Int) {
        self.maxOverhead = maxOverhead
        self.maxTrailers = maxTrailers
    }

    package var isDone: Bool { if case .done = state { true } else { false } }
    /// Whether the next ``remaining`` bytes belong to the body.
    package var isInData: Bool { if case .data = state { true } else { false } }

    package mutating func consumeData(_ count: Int) {
        remaining -= count
        if remaining == 0 { state = .dataReturn }
    }

    /// Takes one byte outside the data.
    package mutating func step(_ byte: UInt8) throws(FramingFlaw) {
        switch state {
        case .size(let digits):
            if let nibble = ByteSet.nibble(byte) {
                guard digits < 12 else { throw .violation("a chunk size of more than twelve digits") }
                remaining = remaining << 4 | Int(nibble)
                state = .size(digits: digits + 1)
            } else {
                guard digits > 0 else { throw .violation("a chunk without a size") }
                switch byte {
                case 0x0D: state = .sizeLineFeed
                case 0x3B: state = .extension
                default: throw .violation("a malformed chunk size")
                }
            }
        case .extension:
            if byte == 0x0D {
                state = .sizeLineFeed
            } else {
                guard ByteSet.isFieldValue(byte) else { throw .violation("a control byte in a chunk extension") }
                try spend()
            }
        case .sizeLineFeed:
            try expect(byte, 0x0A)
            state = remaining == 0 ? .trailerName(length: 0) : .data
        case .data, .done:
            throw .violation("a byte out of place")
        case .dataReturn:
            try expect(byte, 0x0D)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(byte, 0x0A)
            state = .size(digits: 0)
        case .trailerName(let length):
            switch byte {
            case 0x0D where length == 0: state = .lastLineFeed
            case 0x3A where length > 0:
                trailers += 1
                guard trailers <= maxTrailers else { throw .tooLarge("more than \(maxTrailers) trailer fields") }
                state = .trailerValue
            default:
                guard ByteSet.token.contains(byte) else { throw .violation("a malformed trailer field") }
                try spend()
                state = .trailerName(length: length + 1)
            }
        case .trailerValue:
            if byte == 0x0D {
                state = .trailerLineFeed
            } else {
                guard ByteSet.isFieldValue(byte) else { throw .violation("a control byte in a trailer field") }
                try spend()
            }
        case .trailerLineFeed:
            try expect(byte, 0x0A)
            state = .trailerName(length: 0)
        case .lastLineFeed:
            try expect(byte, 0x0A)
            state = .done
        }
    }

    private func expect(_ byte: UInt8, _ expected: UInt8) throws(FramingFlaw) {
        guard byte == expected else { throw .violation("a malformed line end in a chunked body") }
    }

    private mutating func spend() throws(FramingFlaw) {
        overhead += 1
        guard overhead <= maxOverhead else { throw .tooLarge("more than \(maxOverhead) bytes around chunks") }
    }
}
