/// Files in one file, as every system opens it: POSIX ustar (IEEE 1003.1, pax), with nothing in it that depends on who wrote it or
/// when, so that equal files make equal archives.
package enum TarArchive {
    package struct File: Sendable, Hashable {
        /// At most 100 bytes, without folders above it.
        package var name: String
        package var bytes: [UInt8]

        package init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    private static let block = 512

    package static func write(_ files: [File]) -> [UInt8] {
        var archive: [UInt8] = []
        archive.reserveCapacity(files.reduce(1024) { $0 + $1.bytes.count + 2 * block })
        for file in files {
            var header = [UInt8](repeating: 0, count: block)
            func put(_ text: String, at place: Int) {
                for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
            }
            put(String(decoding: file.name.utf8.prefix(100), as: UTF8.self), at: 0)
            put("0000600\u{0}0000000\u{0}0000000\u{0}", at: 100)
            put(octal(file.bytes.count, 11) + "\u{0}" + octal(0, 11) + "\u{0}", at: 124)
            put("        0", at: 148)
            put("ustar\u{0}00", at: 257)
            let sum = header.reduce(0) { $0 + Int($1) }
            put(octal(sum, 6) + "\u{0} ", at: 148)
            archive += header + file.bytes
            archive += [UInt8](repeating: 0, count: (block - file.bytes.count % block) % block)
        }
        return archive + [UInt8](repeating: 0, count: 2 * block)
    }

    /// - Returns: nil for what ``write(_:)`` does not write.
    package static func read(_ bytes: [UInt8]) -> [File]? {
        var files: [File] = []
        var place = 0
        while place + block <= bytes.count, bytes[place] != 0 {
            let header = bytes[place..<place + block]
            func text(_ from: Int, _ count: Int) -> String {
                String(decoding: header[(place + from)..<(place + from + count)].prefix { $0 != 0 }, as: UTF8.self)
            }
            guard text(257, 5) == "ustar", let size = Int(text(124, 11), radix: 8), size >= 0, text(156, 1) == "0",
                size <= bytes.count - place - block
            else { return nil }
            let start = place + block
            files.append(File(text(0, 100), Array(bytes[start..<start + size])))
            place = start + (size + block - 1) / block * block
        }
        // What was read is all there is: nothing may hide behind the end or in the gaps.
        return write(files) == bytes ? files : nil
    }

    private static func octal(_ value: Int, _ width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
