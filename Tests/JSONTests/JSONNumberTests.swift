import JSON
import TestSupport
import Testing

@Suite struct JSONNumberTests {
    @Test(arguments: [
        "0", "-0", "1", "10", "1.10", "-1.5e+10", "1E5", "1e-0", "18446744073709551616", "0.0", "123456789.000000001",
    ])
    func `keeps its text`(_ text: String) throws {
        #expect(try #require(JSONNumber(text)).text == text)
        #expect(try JSONParser.parse(text).number?.text == text)
    }

    @Test(arguments: ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "1 ", "１", "1_0"])
    func `refuses what RFC 8259 does not write`(_ text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test(arguments: [
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("1.0", 1), ("1e2", 100),
        ("-0", 0), ("0e999999999999", 0), ("1200e-2", 12), ("0.5e1", 5),
    ])
    func `gives exact integers`(_ text: String, _ int: Int) throws {
        #expect(try #require(JSONNumber(text)).int == int)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "0.5", "1e19", "1e-1", "1e999999999999999999999", "1.0000001",
    ])
    func `gives no integer where there is none`(_ text: String) throws {
        #expect(try #require(JSONNumber(text)).int == nil)
    }

    @Test func `double is the nearest or infinite`() throws {
        #expect(try #require(JSONNumber("0.1")).double == 0.1)
        #expect(try #require(JSONNumber("1e999")).double == .infinity)
        #expect(try #require(JSONNumber("-1e999")).double == -.infinity)
        #expect(try #require(JSONNumber("1e-999")).double == 0)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(-Double.infinity) == nil)
    }

    @Test(arguments: seeds)
    func `a double survives its text`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let double = Double(bitPattern: generator.next())
            guard double.isFinite else { continue }
            #expect(try #require(JSONNumber(double)).double == double, "seed \(seed)")
        }
    }

    @Test func `equality is of text`() {
        #expect(JSONNumber("1") != JSONNumber("1.0"))
        #expect(JSONValue.number(JSONNumber(1)).isEqual(to: 1))
    }
}
