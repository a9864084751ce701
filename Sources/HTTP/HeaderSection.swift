/// The part of a message before its body: lines that end in CR LF, then an empty one.
package enum HeaderSection {
    /// The index behind the empty line, or nil if it has not arrived.
    ///
    /// - Parameter searched: where to go on; moved forward, so that bytes that drip in are looked at once.
    /// - Throws: `violation` for a line feed that stands alone.
    package static func end(in bytes: Span<UInt8>, searched: inout Int) throws(FramingFlaw) -> Int? {
        var index = searched
        while index < bytes.count {
            if bytes[index] == 0x0A {
                guard index > 0, bytes[index - 1] == 0x0D else { throw .violation("a bare line feed in the header") }
                if index >= 3, bytes[index - 2] == 0x0A { return index + 1 }
            }
            index += 1
        }
        searched = index
        return nil
    }
}
