import HTTP
import Testing

@Suite struct RepeatedHeadTests {
    private let section = Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    @Test func `the same bytes have the same value, whatever follows`() {
        var known = RepeatedHead<Int>()
        #expect(known.find(in: section.span) == nil, "nothing is kept yet")
        known.keep(7, of: section.span)
        let followed = section + Array("{}".utf8)
        let found = known.find(in: followed.span)
        #expect(found?.value == 7)
        #expect(found?.end == section.count)
    }

    @Test func `a difference anywhere counts`() {
        var known = RepeatedHead<Int>()
        known.keep(7, of: section.span)
        for index in section.indices {
            var other = section
            other[index] ^= 0x20
            #expect(known.find(in: other.span) == nil, "byte \(index)")
        }
        for count in section.indices { #expect(known.find(in: section.span.extracting(first: count)) == nil) }
        #expect(known.find(in: [UInt8]().span) == nil)
    }

    @Test func `only the last one is kept, and none that is long`() {
        var known = RepeatedHead<Int>()
        known.keep(7, of: section.span)
        let other = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        known.keep(8, of: other.span)
        #expect(known.find(in: section.span) == nil)
        let long = [UInt8](repeating: 0x61, count: 4096)
        known.keep(9, of: long.span)
        #expect(known.find(in: long.span) == nil)
        #expect(known.find(in: other.span)?.value == 8)
    }
}
