import NIOCore

/// Collects a body up to a number of bytes, decompressing on the way.
struct ResponseBody {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private let inflater: Inflater?
    /// Bytes as they arrived.
    private var received = 0

    init(coding: ResponseHead.Coding, limit: Int) throws(ResponseFlaw) {
        self.limit = limit
        switch coding {
        case .identity: inflater = nil
        case .gzip: inflater = Inflater(.gzip)
        case .deflate: inflater = Inflater(.deflate)
        case .other: throw ResponseFlaw(.decompressionFailed, "a Content-Encoding that was not asked for")
        }
    }

    /// Makes room for a body of known length, but not for all of one that may never come.
    mutating func expect(_ count: Int) {
        if inflater == nil, bytes.isEmpty { bytes.reserveCapacity(min(count, 1 << 20)) }
    }

    /// Moves `count` bytes out of `buffer`.
    mutating func take(_ count: Int, from buffer: inout ByteBuffer) throws(ResponseFlaw) {
        guard count > 0 else { return }
        guard count <= limit - received else { throw .tooLarge("a body of more than \(limit) bytes") }
        received += count
        if let inflater {
            guard let piece = buffer.readBytes(length: count) else { return }
            try inflater.append(piece, to: &bytes, limit: limit)
        } else if bytes.isEmpty, bytes.capacity < count {
            bytes = buffer.readBytes(length: count) ?? []
        } else if let piece = buffer.readSlice(length: count) {
            bytes.append(contentsOf: piece.readableBytesView)
        }
    }

    func finish() throws(ResponseFlaw) {
        try inflater?.finish()
    }
}
