import Core
import JSON
import Policy
import Risk
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
        (1_800_000_000, "2027-01-15T08:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
        (4_102_444_799, "2099-12-31T23:59:59.000Z"),
    ])
    func `a moment is written as RFC 3339`(seconds: Int, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test func `moments saturate`() {
        #expect(Timestamp(seconds: .max).advanced(bySeconds: .max).microseconds == .max)
    }

    @Test func `call ids sort by time and come back from text`() {
        let early = CallID(at: Timestamp(seconds: 1_000), random: (.max, .max))
        let late = CallID(at: Timestamp(seconds: 1_001), random: (0, 0))
        #expect(early.text < late.text)
        #expect(early.text.utf8.count == 26)
        #expect(CallID(early.text) == early)
        #expect(CallID("x") == nil)
        let other = CallID(at: Timestamp(seconds: 1_000), random: (.max - 1, .max))
        #expect(other.text != early.text)
    }

    @Test func `a digest comes back from its text`() {
        let digest = Digest(of: Array("abc".utf8))
        #expect(digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: "00") == nil)
    }

    @Test func `a catalogue leaves out never tools, unscoped tools and names that two share`() {
        #expect(Catalogue([]).tools.isEmpty)
    }

    @Test func `bounded text holds no character that a terminal obeys or that hides or reorders others`() {
        for value in Array(UInt32(0)...0x1FFFF) + Array(0xE0000...0xE0FFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            let isHidden =
                value < 0x20 || (0x7F...0x9F).contains(value) || category == .control || category == .format
                || scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint
            if isHidden { #expect(String(scalar).boundedText == " ", "U+\(String(value, radix: 16))") }
        }
        #expect("plain ü 日本 👍 a\u{301}".boundedText == "plain ü 日本 👍 a\u{301}")
        #expect("a\u{9B}2J\u{202E}b\u{2028}c".boundedText == "a 2J b c")
        #expect(String(repeating: "é", count: 500).boundedText.unicodeScalars.count == 200)
    }
}
