import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test(arguments: seeds)
    func `what is written reads back the same`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let value = generator.value()
            let back = try JSONParser.parse(value.bytes)
            #expect(back == value, "seed \(seed)")
            #expect(back.bytes == value.bytes, "seed \(seed)")
        }
    }

    @Test func `what was read compactly is written unchanged`() throws {
        let text = #"{"z":1.0,"a":18446744073709551616,"m":1e2,"":[[],{},"/\"\\\u0001\b\f\n\r\té\#u{7F}"]}"#
        #expect(try JSONParser.parse(text).text == text)
    }

    @Test func `parts are put together`() {
        var writer = JSONWriter(reservingCapacity: 0)
        writer.raw("[")
        writer.write("a\"\u{1F}")
        writer.raw(",")
        writer.raw([0x31])
        writer.raw(",")
        writer.write(.null)
        writer.raw("]")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"["a\"\u001f",1,null]"#)
    }
}
