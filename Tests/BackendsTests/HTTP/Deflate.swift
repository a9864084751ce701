import CZlib

/// Compresses for the tests.
enum Deflate: Int32, CaseIterable {
    case gzip = 31
    case zlib = 15
    case raw = -15

    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        var stream = unsafe z_stream()
        var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
        var input = bytes
        let outputCount = UInt32(output.count)
        let count = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe deflateInit2_(
                    &stream, 9, Z_DEFLATED, rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    Int32(MemoryLayout<z_stream>.size))
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = outputCount
                unsafe deflate(&stream, Z_FINISH)
                unsafe deflateEnd(&stream)
                return unsafe Int(outputCount - stream.avail_out)
            }
        }
        return Array(output[..<count])
    }
}
