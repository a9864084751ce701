import CZlib

/// Decompresses a gzip or deflate body piece by piece, and stops at a number of bytes rather than at a ratio.
///
/// The two allocations live exactly as long as the object, and no pointer into them leaves it.
@safe final class Inflater {
    enum Format { case gzip, deflate }

    private let format: Format
    private let stream: UnsafeMutablePointer<z_stream>
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private var isStarted = false
    private var isEnded = false
    /// The first byte of a deflate body while the second has not come.
    private var held: UInt8?

    init(_ format: Format) {
        self.format = format
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe scratch = .allocate(capacity: 32 << 10)
    }

    deinit {
        if isStarted { unsafe inflateEnd(stream) }
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
        unsafe scratch.deallocate()
    }

    /// Appends what `input` decompresses to.
    ///
    /// - Throws: `tooLarge` as soon as `output` would hold more than `limit` bytes.
    func append(_ input: [UInt8], to output: inout [UInt8], limit: Int) throws(ResponseFlaw) {
        var input = input
        if !isStarted {
            if let held { input.insert(held, at: 0) }
            held = nil
            guard let first = input.first else { return }
            if format == .deflate, input.count == 1 {
                held = first
                return
            }
            try start(input)
        }
        var offset = 0
        while offset < input.count || (offset == input.count && !isEnded) {
            if isEnded {
                // A gzip body may have several members (RFC 1952 §2.2); a deflate body ends once.
                guard format == .gzip, unsafe inflateReset(stream) == Z_OK else {
                    throw ResponseFlaw(.decompressionFailed, "bytes after the end of the compressed body")
                }
                isEnded = false
            }
            let (used, made, code) = step(input, from: offset)
            offset += used
            guard output.count + made <= limit else { throw .tooLarge("decompresses to more than \(limit) bytes") }
            unsafe output.append(contentsOf: scratch[..<made])
            switch code {
            case Z_STREAM_END: isEnded = true
            case Z_OK: if unsafe made < scratch.count, offset == input.count { return }
            // No progress is possible without more input.
            case Z_BUF_ERROR: return
            default: throw ResponseFlaw(.decompressionFailed, "not the compressed data that it says")
            }
        }
    }

    /// - Throws: `decompressionFailed` if the compressed data ended early.
    func finish() throws(ResponseFlaw) {
        guard isEnded || (!isStarted && held == nil) else {
            throw ResponseFlaw(.decompressionFailed, "the compressed data ends early")
        }
    }

    private func start(_ input: [UInt8]) throws(ResponseFlaw) {
        let bits: Int32
        switch format {
        case .gzip: bits = 15 + 16
        case .deflate:
            // Some servers send the bare data without the zlib wrapper (RFC 9110 §8.4.1.2); the header tells which.
            let isWrapped = input[0] & 0x0F == 8 && (Int(input[0]) << 8 | Int(input[1])) % 31 == 0
            bits = isWrapped ? 15 : -15
        }
        guard unsafe inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ResponseFlaw(.decompressionFailed, "zlib cannot start")
        }
        isStarted = true
    }

    private func step(_ input: [UInt8], from offset: Int) -> (used: Int, made: Int, code: Int32) {
        unsafe input.withUnsafeBufferPointer { bytes in
            let rest = unsafe UnsafeMutableBufferPointer(mutating: UnsafeBufferPointer(rebasing: bytes[offset...]))
            unsafe stream.pointee.next_in = rest.baseAddress
            unsafe stream.pointee.avail_in = UInt32(clamping: rest.count)
            unsafe stream.pointee.next_out = scratch.baseAddress
            unsafe stream.pointee.avail_out = UInt32(clamping: scratch.count)
            let code = unsafe inflate(stream, Z_NO_FLUSH)
            return unsafe (
                rest.count - Int(stream.pointee.avail_in), scratch.count - Int(stream.pointee.avail_out), code
            )
        }
    }
}
