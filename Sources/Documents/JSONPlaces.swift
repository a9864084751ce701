import JSON

/// Finds where values stand in a text that is known to be JSON.
struct JSONPlaces {
    /// Offsets of the values, of members the offsets of their names. All pointers must lead to a value.
    static func offsets(of pointers: [JSONPointer], in text: SourceText) -> [JSONPointer: Int] {
        var places = JSONPlaces(pointers)
        places.walk(text.bytes.span.extracting(text.start...))
        return places.offsets
    }

    /// A token of one or more pointers.
    private struct Node {
        var children: [String: Int] = [:]
        var pointer: JSONPointer?
        /// Later members of the same name do not count.
        var isFound = false
    }

    /// A container around the byte being read.
    private struct Level {
        let isObject: Bool
        let node: Int?
        var index = 0
        /// The node of the member whose value comes next; nil also where no pointer leads there.
        var member: Int?
        var hasKey = false
    }

    private var nodes = [Node()]
    private var offsets: [JSONPointer: Int] = [:]

    private init(_ pointers: [JSONPointer]) {
        for pointer in pointers {
            var node = 0
            for token in pointer.tokens {
                if let child = nodes[node].children[token] {
                    node = child
                } else {
                    nodes.append(Node())
                    nodes[node].children[token] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            nodes[node].pointer = pointer
        }
    }

    private mutating func walk(_ bytes: Span<UInt8>) {
        var levels: [Level] = []
        var index = 0
        while index < bytes.count {
            let start = index
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A: index += 1
            case 0x5D, 0x7D:
                levels.removeLast(min(1, levels.count))
                index += 1
            case let byte:
                if byte == 0x22 { skipString(bytes, &index) }
                if let last = levels.indices.last, levels[last].isObject, !levels[last].hasKey {
                    levels[last].hasKey = true
                    levels[last].member = levels[last].node.flatMap {
                        find(name(bytes.extracting(start..<index)), under: $0, at: start)
                    }
                    continue
                }
                let node = valueNode(&levels, at: start)
                switch byte {
                case 0x22: break
                case 0x7B, 0x5B:
                    levels.append(Level(isObject: byte == 0x7B, node: node))
                    index += 1
                default: skipWord(bytes, &index)
                }
            }
        }
    }

    /// The node of the value that begins here, which the container around it counts.
    private mutating func valueNode(_ levels: inout [Level], at start: Int) -> Int? {
        guard let last = levels.indices.last else {
            found(0, at: start)
            return 0
        }
        if levels[last].isObject {
            levels[last].hasKey = false
            return levels[last].member
        }
        defer { levels[last].index += 1 }
        return levels[last].node.flatMap { find(String(levels[last].index), under: $0, at: start) }
    }

    private mutating func find(_ token: String?, under node: Int, at start: Int) -> Int? {
        guard let token, let child = nodes[node].children[token], !nodes[child].isFound else { return nil }
        found(child, at: start)
        return child
    }

    private mutating func found(_ node: Int, at start: Int) {
        nodes[node].isFound = true
        if let pointer = nodes[node].pointer { offsets[pointer] = start }
    }

    private func name(_ quoted: Span<UInt8>) -> String? {
        var options = JSONParser.Options(maxBytes: .max)
        options.allowsNull = true
        return try? JSONParser.parse(quoted, options: options).string
    }

    private func skipString(_ bytes: Span<UInt8>, _ index: inout Int) {
        index += 1
        while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5C ? 2 : 1 }
        index = min(index + 1, bytes.count)
    }

    private func skipWord(_ bytes: Span<UInt8>, _ index: inout Int) {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case 0x2C, 0x5D, 0x7D, 0x20, 0x09, 0x0A, 0x0D: return
            default: index += 1
            }
        }
    }
}
