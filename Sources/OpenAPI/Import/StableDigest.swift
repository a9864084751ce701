/// A short digest that keeps names apart: FNV-1a with a finaliser, the same on every machine.
///
/// Not collision resistant. Whoever uses it must look for collisions and try the next salt.
enum StableDigest {
    /// - Parameter digits: 1–16 hexadecimal digits.
    static func hex(_ text: String, salt: Int = 0, digits: Int = 8) -> String {
        let hash = value(text.utf8, salt: salt)
        let hex = String(hash, radix: 16)
        return String((String(repeating: "0", count: 16 - hex.utf8.count) + hex).suffix(digits))
    }

    static func value(_ bytes: some Sequence<UInt8>, salt: Int = 0) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ (UInt64(truncatingIfNeeded: salt) &* 0x9e37_79b9_7f4a_7c15)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}
