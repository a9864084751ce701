import Telemetry
import TestSupport
import Testing

@Suite struct TraceParentTests {
    @Test func `what is well formed is read, and written as it was`() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let parent = try #require(TraceParent(text))
        #expect(parent.high == 0x4bf9_2f35_77b3_4da6)
        #expect(parent.low == 0xa3ce_929d_0e0e_4736)
        #expect(parent.span == 0x00f0_67aa_0ba9_02b7)
        #expect(parent.isSampled)
        #expect(parent.text == text)
    }

    @Test(
        arguments: [
            "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ])
    func `what is not well formed is none`(_ text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test func `a later version may say more`() {
        let text = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        #expect(TraceParent(text) != nil)
        #expect(TraceParent(text + "-what-the-future-will-be")?.text.hasPrefix("00-4bf92f") == true)
        #expect(TraceParent(text + "-" + String(repeating: "a", count: 600)) == nil)
    }

    @Test(arguments: 0..<200) func `whatever is written is read back`(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        // Small numbers have zeros in front.
        let parent = TraceParent(
            high: generator.next() >> (seed % 64), low: max(1, generator.next() >> (seed % 61)),
            span: max(1, generator.next() >> (seed % 59)), isSampled: seed.isMultiple(of: 2))
        #expect(parent.text.utf8.count == 55)
        #expect(TraceParent(parent.text) == parent)
    }

    @Test(arguments: 0..<500) func `a changed byte is none or another one, and never traps`(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var bytes = Array("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        bytes.removeLast(Int.random(in: 0...2, using: &generator))
        let text = String(decoding: bytes, as: UTF8.self)
        if let parent = TraceParent(text) { #expect(TraceParent(parent.text) == parent) }
    }
}
