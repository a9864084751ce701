import HTTP
import Testing

@Suite struct RepeatedSectionTests {
    private let section = Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    @Test func `the same bytes are known, whatever follows`() {
        var known = RepeatedSection()
        #expect(known.length(in: section.span) == nil, "nothing is kept yet")
        let isKept = known.keep(section.span)
        #expect(isKept)
        let followed = section + Array("{}".utf8)
        #expect(known.length(in: followed.span) == section.count)
    }

    @Test func `a difference anywhere counts`() {
        var known = RepeatedSection()
        _ = known.keep(section.span)
        for index in section.indices {
            var other = section
            other[index] ^= 0x20
            #expect(known.length(in: other.span) == nil, "byte \(index)")
        }
        for count in section.indices { #expect(known.length(in: section.span.extracting(first: count)) == nil) }
        #expect(known.length(in: [UInt8]().span) == nil)
    }

    @Test func `only the last one is kept, and none that is long`() {
        var known = RepeatedSection()
        _ = known.keep(section.span)
        let other = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        _ = known.keep(other.span)
        #expect(known.length(in: section.span) == nil)
        let long = [UInt8](repeating: 0x61, count: 4096)
        let isKept = known.keep(long.span)
        #expect(!isKept)
        #expect(known.length(in: long.span) == nil)
        #expect(known.length(in: other.span) == other.count)
    }
}
