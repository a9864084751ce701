import Foundation
import JSON
import TestSupport
import Testing

@Suite struct JSONCanonicalTests {
    private func vector(_ path: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: tests.appending(path: "Vectors/rfc8785-jcs/testdata/\(path)")))
    }

    @Test(arguments: ["arrays", "french", "structures", "unicode", "values", "weird"])
    func `the published vectors hold`(_ name: String) throws {
        let value = try JSONParser.parse(vector("input/\(name).json"))
        let expected = try vector("output/\(name).json")
        #expect(value.canonicalBytes(.double) == expected)
        let hex = try vector("outhex/\(name).txt").split { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }
        #expect(
            value.canonicalBytes(.double) == hex.compactMap { UInt8(String(decoding: $0, as: UTF8.self), radix: 16) })
        // Every number of the vectors but those of "values" is held by its double exactly or written shortest.
        #expect(try JSONParser.parse(#require(value.canonicalBytes(.exact))).canonicalBytes(.double) == expected)
    }

    /// RFC 8785 appendix B.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func `doubles are written as ECMAScript does`(_ bits: UInt64, _ text: String) {
        #expect(JSONNumber(Double(bitPattern: bits))?.text == text)
    }

    @Test(
        arguments: [
            ("18446744073709551616", "18446744073709551616", "18446744073709552000"), ("1.10", "1.1", "1.1"),
            ("-0.0", "0", "0"), ("1E400", "1e+400", nil),
            ("0.1000000000000000000001", "0.1000000000000000000001", "0.1"),
            ("123456789012345678901.5", "123456789012345678901.5", "123456789012345680000"),
            ("1234567890123456789012", "1.234567890123456789012e+21", "1.2345678901234568e+21"),
            ("3.14159265358979323846264338327950288", "3.14159265358979323846264338327950288", "3.141592653589793"),
            ("0.000000123456789012345678901234", "1.23456789012345678901234e-7", "1.2345678901234568e-7"),
            ("1e9999999999999", nil, nil),
        ] as [(String, String?, String?)])
    func `exact keeps what a double loses`(_ text: String, _ exact: String?, _ double: String?) throws {
        let value = try JSONParser.parse(text)
        #expect(value.canonicalBytes(.exact).map { String(decoding: $0, as: UTF8.self) } == exact)
        #expect(value.canonicalBytes(.double).map { String(decoding: $0, as: UTF8.self) } == double)
    }

    @Test(arguments: seeds)
    func `equal values share one exact form and others do not`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let left = generator.number(), right = generator.number()
            let texts = (JSONValue.number(left).canonicalBytes(), JSONValue.number(right).canonicalBytes())
            #expect((texts.0 == texts.1) == (left.decimal == right.decimal), "seed \(seed): \(left.text) \(right.text)")
            let again = try JSONParser.parse(#require(texts.0))
            #expect(again.isEqual(to: .number(left)), "seed \(seed): \(left.text)")
        }
    }

    @Test(arguments: seeds)
    func `the form of doubles is exact and double alike`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            guard let number = JSONNumber(Double(bitPattern: generator.next())) else { continue }
            let value = JSONValue.number(number)
            #expect(value.canonicalBytes(.exact) == value.canonicalBytes(.double), "seed \(seed): \(number.text)")
        }
    }

    @Test func `members are sorted by UTF-16 units at every level`() throws {
        let value = try JSONParser.parse("{\"\u{FB33}\":1,\"\u{1F600}\":[{\"b\":1,\"a\":2}],\"\":3}")
        let expected = "{\"\":3,\"\u{1F600}\":[{\"a\":2,\"b\":1}],\"\u{FB33}\":1}"
        #expect(value.canonicalBytes() == Array(expected.utf8))
    }
}
