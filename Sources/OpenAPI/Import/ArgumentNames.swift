import JSON

/// Names of arguments: `[A-Za-z0-9_.-]`, at most 64 characters, which every model API accepts as a property name.
enum ArgumentNames {
    static let limit = 64

    /// What a name is made from; each stands for one place in the request.
    struct Subject: Hashable {
        let name: String
        let location: Parameter.Location
    }

    /// - Returns: a name for each subject, in their order, all different and independent of the order.
    ///
    /// The path keeps its names; where another place wants the same, it puts its own word before it (`query_id`).
    static func assign(_ subjects: [Subject]) -> [String] {
        let plain = subjects.map { sanitized($0.name) }
        var names = plain
        var holders: [String: [Int]] = [:]
        for (index, name) in plain.enumerated() { holders[name, default: []].append(index) }
        for (name, indices) in holders where indices.count > 1 {
            let exact = indices.filter { subjects[$0].name.hasSameBytes(as: name) }
            // First by place, in the order of the enum; among equals who is written exactly so.
            let order = Parameter.Location.allCases
            let first = order.lazy.compactMap { place in exact.first { subjects[$0].location == place } }.first
            let keeper = first ?? -1
            for index in indices where index != keeper {
                names[index] = sanitized(subjects[index].location.rawValue + "_" + name)
            }
        }
        for salt in 0..<32 {
            var counts: [String: Int] = [:]
            for name in names { counts[name, default: 0] += 1 }
            let clashing = names.indices.filter { (counts[names[$0]] ?? 0) > 1 }
            if clashing.isEmpty { return names }
            for index in clashing {
                // Who is written exactly so keeps the name against the made-up ones.
                if names[index].hasSameBytes(as: subjects[index].name) { continue }
                let place = subjects[index].location.rawValue + " " + subjects[index].name
                names[index] = String(plain[index].prefix(limit - 9)) + "_" + StableDigest.hex(place, salt: salt)
            }
        }
        return subjects.indices.map { "argument_\($0)" }
    }

    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= limit && name.utf8.allSatisfy(isNameByte)
    }

    private static func sanitized(_ name: String) -> String {
        if isPlain(name) { return name }
        var result: [UInt8] = []
        for byte in name.utf8 {
            if isNameByte(byte) {
                result.append(byte)
            } else if let last = result.last, last != 0x5F {
                result.append(0x5F)
            }
        }
        while result.last == 0x5F { result.removeLast() }
        if result.isEmpty { return "argument_" + StableDigest.hex(name) }
        if result.count > limit {
            return String(decoding: result.prefix(limit - 9), as: UTF8.self) + "_" + StableDigest.hex(name)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
