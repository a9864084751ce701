import JSON
import TestSupport

/// A generator whose seed repeats its run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SplitMix64 {
    mutating func value(depth: Int = 4) -> JSONValue {
        switch UInt64.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .number(number())
        case 3, 4: return .string(string())
        case 5:
            return .array((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for index in 0..<Int.random(in: 0...20, using: &self) {
                // The number keeps names apart under every normalisation.
                object.append("\(index)\(string())", value(depth: depth - 1))
            }
            return .object(object)
        }
    }

    mutating func string() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...24, using: &self) {
            let scalar: UInt32 =
                switch UInt64.random(in: 0..<8, using: &self) {
                case 0: .random(in: 1..<0x20, using: &self)
                case 1: [0x22, 0x5C, 0x2F, 0x7F, 0x2028, 0x212A, 0x301].randomElement(using: &self) ?? 0x22
                case 2: .random(in: 0x80..<0xD800, using: &self)
                case 3: .random(in: 0xE000...0x10FFFF, using: &self)
                default: .random(in: 0x20..<0x7F, using: &self)
                }
            if let scalar = UnicodeScalar(scalar) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// A number in any of the ways JSON can write one.
    mutating func number() -> JSONNumber {
        var text = Bool.random(using: &self) ? "-" : ""
        text += Bool.random(using: &self) ? "0" : String(UInt32.random(in: 1...(.max), using: &self))
        if Bool.random(using: &self) { text += "." + digits() }
        if Bool.random(using: &self) {
            text += ["e", "E", "e+", "e-", "E-"].randomElement(using: &self) ?? "e"
            text += String(Int.random(in: 0...40, using: &self))
        }
        return JSONNumber(text) ?? JSONNumber(0)
    }

    private mutating func digits() -> String {
        (0..<Int.random(in: 1...12, using: &self)).map { _ in String(Int.random(in: 0...9, using: &self)) }.joined()
    }
}

/// Seeds of the property tests.
let seeds: [UInt64] = Array(1...20)
