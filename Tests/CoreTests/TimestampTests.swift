import Core
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-30T08:30:00Z", 1_796_027_400_000_000),
        ("2026-11-30T09:30:00+01:00", 1_796_027_400_000_000),
        ("2026-11-30t03:00:00.000001-05:30", 1_796_027_400_000_001),
        ("1969-12-31T23:59:59.5Z", -500_000),
    ])
    func `a moment is read`(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test func `what is written is read again`() {
        for seconds in stride(from: -10_000_000_000, to: 10_000_000_000, by: 123_456_789) {
            let moment = Timestamp(seconds: seconds)
            #expect(Timestamp(rfc3339: moment.description) == moment, "\(moment)")
        }
    }

    @Test(arguments: [
        "", "2026-11-30", "2026-11-30 08:30:00Z", "2026-11-30T08:30:00", "2026-11-30T24:00:00Z", "2026-11-30T08:60:00Z",
        "2026-13-30T08:30:00Z", "2026-02-30T08:30:00Z", "2026-11-30T08:30:00.Z", "2026-11-30T08:30:00+1:00",
        "2026-11-30T08:30:00+01:00x", "2026-11-30T08:30:00Zx", "2026-11-30T08:30Z", "2026-11-30T08:30:0éZ",
        "yesterday, at noon o'clock",
    ])
    func `what is no moment is none`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
