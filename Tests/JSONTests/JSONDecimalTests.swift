import JSON
import TestSupport
import Testing

@Suite struct JSONDecimalTests {
    private func decimal(_ text: String) throws -> JSONDecimal {
        try #require(JSONNumber(text)).decimal
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "10e-1"), ("100", "1e2"), ("0", "-0.000e5"), ("0.001", "1e-3"), ("-12.50", "-125E-1"),
        ("123456789012345678901234567890", "1.2345678901234567890123456789e29"),
    ])
    func `equal values are equal`(_ left: String, _ right: String) throws {
        #expect(try decimal(left) == decimal(right))
        #expect(try !(decimal(left) < decimal(right)) && !(decimal(right) < decimal(left)))
    }

    @Test(arguments: [
        ("-1", "0"), ("0", "1e-400"), ("-1e400", "-1e399"), ("0.1", "0.11"), ("9", "10"), ("-10", "-9"),
        ("18446744073709551615", "18446744073709551616"), ("1e308", "1e309"), ("-1", "1"), ("0.09", "0.1"),
    ])
    func `smaller is smaller`(_ left: String, _ right: String) throws {
        #expect(try decimal(left) < decimal(right))
        #expect(try !(decimal(right) < decimal(left)))
        #expect(try decimal(left) != decimal(right))
    }

    @Test(arguments: seeds)
    func `agrees with integer arithmetic`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let bits = Int.random(in: 1...62, using: &generator)
            let left = Int(truncatingIfNeeded: generator.next()) >> bits
            let right = Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 1...62, using: &generator)
            let decimals = (JSONNumber(left).decimal, JSONNumber(right).decimal)
            #expect(decimals.0.int == left, "seed \(seed)")
            #expect((decimals.0 < decimals.1) == (left < right), "seed \(seed): \(left) \(right)")
            #expect((decimals.0 == decimals.1) == (left == right), "seed \(seed): \(left) \(right)")
            let isMultiple = right != 0 && left.isMultiple(of: right)
            #expect(decimals.0.isMultiple(of: decimals.1) == isMultiple, "seed \(seed): \(left) \(right)")
        }
    }

    @Test(arguments: seeds)
    func `agrees with the order of doubles that hold the value`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let left = Double(Int.random(in: -9999...9999, using: &generator)) / 64
            let right = Double(Int.random(in: -9999...9999, using: &generator)) / 64
            let decimals = (try #require(JSONNumber(left)).decimal, try #require(JSONNumber(right)).decimal)
            #expect((decimals.0 < decimals.1) == (left < right), "seed \(seed): \(left) \(right)")
            #expect(decimals.0.isInteger == (left == left.rounded()), "seed \(seed): \(left)")
        }
    }

    @Test(arguments: [
        ("0.3", "0.1", true), ("0.35", "0.1", false), ("1e300", "7", false), ("7e300", "7", true), ("0", "5", true),
        ("5", "0", false), ("1", "1e-4000", true), ("1e-4000", "1", false), ("1e-5000", "1e-5000", true),
        ("-9", "3", true), ("4.5", "1.5", true),
        ("1000000000000000000000000000000000002", "1000000000000000000000000000000000001", false),
        ("2000000000000000000000000000000000002", "1000000000000000000000000000000000001", true),
    ])
    func `multiples are exact`(_ value: String, _ divisor: String, _ expected: Bool) throws {
        #expect(try decimal(value).isMultiple(of: decimal(divisor)) == expected)
    }

    @Test func `gives up on what would take long`() throws {
        #expect(try decimal("1e999999").isMultiple(of: decimal("3")) == nil)
        let long = String(repeating: "7", count: 8000)
        #expect(try decimal(long).isMultiple(of: decimal(String(repeating: "3", count: 4000))) == nil)
        #expect(try decimal(long).isMultiple(of: decimal("7")) == true)
        #expect(try decimal(long).isMultiple(of: decimal("0.\(String(repeating: "3", count: 4000))")) == nil)
    }
}
