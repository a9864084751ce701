package import JSON

/// Where the identities of records stand in an answer.
package struct IdentityPath: Sendable, Hashable {
    /// Names of members from outside to inside; `*` for the elements of a list.
    let steps: [String]

    /// Reads a path such as `id`, `items.*.id` or `*.order_number`.
    ///
    /// - Returns: nil for an empty path, or one with an empty step.
    package init?(_ text: String) {
        steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !steps.contains(""), steps.count <= 16 else { return nil }
    }

    private init(steps: [String]) {
        self.steps = steps
    }

    /// Where most sources have them: `id` of the answer, of its elements, and of the elements of a list in it.
    static let usual = [
        IdentityPath(steps: ["id"]), IdentityPath(steps: ["*", "id"]), IdentityPath(steps: ["?", "*", "id"]),
        IdentityPath(steps: ["data", "id"]),
    ]
}

/// The identities of records in an answer, in their order, without repeats.
///
/// Read from sound JSON without making a value of it, since every answer is looked at.
/// - Parameters:
///   - path: as the tool declares it; the usual places without one.
///   - limit: how many at most.
package func findRecords(in text: [UInt8], at path: IdentityPath? = nil, limit: Int = 50) -> [String] {
    var finder = RecordFinder(text: text, paths: path.map { [$0] } ?? IdentityPath.usual, limit: limit)
    finder.run()
    return finder.found
}

extension JSONObject {
    /// Values of arguments whose names say that they name a record: `id`, `dealId`, `order_id`.
    package var recordNames: [String] {
        compactMap { member in
            let key = Array(member.key.utf8)
            guard
                key.suffix(2).elementsEqual("id".utf8) && (key.count == 2 || key[key.count - 3] == 0x5F)
                    || key.suffix(2).elementsEqual("Id".utf8) || key.suffix(2).elementsEqual("ID".utf8)
            else { return nil }
            switch member.value {
            case .string(let text): return text
            case .number: return member.value.text
            case .null, .bool, .array, .object: return nil
            }
        }
    }
}

private struct RecordFinder {
    let text: [UInt8]
    let paths: [IdentityPath]
    let limit: Int
    var found: [String] = []

    /// A level that is open: a list, or an object with the name of the member that is being read.
    private struct Level {
        var isList: Bool
        var name: Range<Int>?
    }

    private var levels: [Level] = []

    init(text: [UInt8], paths: [IdentityPath], limit: Int) {
        self.text = text
        self.paths = paths
        self.limit = limit
    }

    mutating func run() {
        let deepest = paths.reduce(0) { max($0, $1.steps.count) }
        levels.reserveCapacity(8)
        var index = 0
        var expectsName = false
        while index < text.count, found.count < limit {
            switch text[index] {
            case 0x7B:
                levels.append(Level(isList: false))
                expectsName = true
                index += 1
            case 0x5B:
                levels.append(Level(isList: true))
                expectsName = false
                index += 1
            case 0x7D, 0x5D:
                _ = levels.popLast()
                expectsName = false
                index += 1
            case 0x2C:
                expectsName = levels.last?.isList == false
                index += 1
            case 0x22:
                let end = stringEnd(index + 1)
                if expectsName {
                    levels[levels.count - 1].name = (index + 1)..<end
                    expectsName = false
                } else if levels.count <= deepest, isIdentity {
                    take((index + 1)..<end, isString: true)
                }
                index = end + 1
            case 0x2D, 0x30...0x39:
                var end = index + 1
                while end < text.count, isNumberByte(text[end]) { end += 1 }
                if levels.count <= deepest, isIdentity { take(index..<end, isString: false) }
                index = end
            default: index += 1
            }
        }
    }

    private func stringEnd(_ start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != 0x22 { end += text[end] == 0x5C ? 2 : 1 }
        return min(end, text.count)
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
        default: false
        }
    }

    /// Whether what is being read stands at one of the paths.
    private var isIdentity: Bool {
        paths.contains { path in
            guard path.steps.count == levels.count else { return false }
            for (step, level) in zip(path.steps, levels) {
                if step == "*" {
                    guard level.isList else { return false }
                } else {
                    guard !level.isList, let name = level.name, step == "?" || isName(name, step) else { return false }
                }
            }
            return true
        }
    }

    private func isName(_ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count else { return false }
        var index = range.lowerBound
        for byte in name.utf8 {
            if text[index] != byte { return false }
            index += 1
        }
        return true
    }

    private mutating func take(_ range: Range<Int>, isString: Bool) {
        guard !range.isEmpty, range.count <= 200 else { return }
        // Escapes are rare in what names a record; such a name is left as it is written.
        let name = String(decoding: text[range], as: UTF8.self)
        if !found.contains(name) { found.append(name) }
    }
}
