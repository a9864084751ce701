/// Names of tools: `[a-z0-9_]`, at most 48 characters, unique, and the same in whatever order operations come.
enum ToolNames {
    static let limit = 48

    /// What a name is made from.
    struct Subject: Hashable {
        /// In upper case.
        let method: String
        let path: String
        let operationID: String?
    }

    /// - Returns: a name for each subject, in their order. Subjects must differ in method or path.
    ///
    /// A name that is too long, or that several subjects want, ends in a digest of method and path; all of those
    /// who want it get one, so that none depends on who came first.
    static func assign(_ subjects: [Subject]) -> [String] {
        let wanted = subjects.map(wanted)
        var holders: [String: Int] = [:]
        for name in wanted { holders[name, default: 0] += 1 }
        var names = wanted
        var salts = [Int](repeating: 0, count: subjects.count)
        var isDigested = wanted.map { (holders[$0] ?? 0) > 1 || $0.utf8.count > limit }
        for round in 0..<64 {
            for index in subjects.indices where isDigested[index] {
                let place = subjects[index].method + " " + subjects[index].path
                // No set of names is known to need a second round, but one could be made to need many.
                let digest = round < 32 ? StableDigest.hex(place, salt: salts[index]) : rank(place, among: subjects)
                names[index] = prefix(wanted[index], limit - digest.utf8.count - 1) + "_" + digest
            }
            var holders: [String: Int] = [:]
            for name in names { holders[name, default: 0] += 1 }
            let clashing = subjects.indices.filter { (holders[names[$0]] ?? 0) > 1 }
            if clashing.isEmpty { return names }
            for index in clashing {
                if isDigested[index] { salts[index] += 1 } else { isDigested[index] = true }
            }
        }
        return names
    }

    private static func rank(_ place: String, among subjects: [Subject]) -> String {
        String(subjects.count { ($0.method + " " + $0.path) < place })
    }

    private static func wanted(_ subject: Subject) -> String {
        // An id with other letters gives no name: what is left of it would say something else, and a letter that only looks
        // like another one would pass for it.
        if let id = subject.operationID, isASCII(id) {
            let name = snakeCase(id)
            if !name.isEmpty { return name }
        }
        return snakeCase(subject.method.lowercased() + "_" + subject.path)
    }

    static func isASCII(_ id: String) -> Bool { id.utf8.allSatisfy { $0 < 0x80 } }

    private static func prefix(_ name: String, _ count: Int) -> String {
        var prefix = name.prefix(count)
        while prefix.last == "_" { prefix.removeLast() }
        return String(prefix)
    }

    /// Words of camel case and whatever stands between letters and digits, joined by single underscores:
    /// `listUserIDs` is `list_user_ids`, `HTTPServer` is `http_server`, `repos/get-v2` is `repos_get_v2`.
    static func snakeCase(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        func isUpper(_ index: Int) -> Bool { bytes.indices.contains(index) && (0x41...0x5A).contains(bytes[index]) }
        func isLower(_ index: Int) -> Bool { bytes.indices.contains(index) && (0x61...0x7A).contains(bytes[index]) }
        func isDigit(_ index: Int) -> Bool { bytes.indices.contains(index) && (0x30...0x39).contains(bytes[index]) }
        // The last letters of `IDs` belong together though they end in lower case.
        func isPlural(_ index: Int) -> Bool {
            bytes.indices.contains(index) && bytes[index] == 0x73 && !isLower(index + 1) && !isDigit(index + 1)
        }
        for index in bytes.indices {
            let byte = bytes[index]
            guard isUpper(index) || isLower(index) || isDigit(index) else {
                if !word.isEmpty { words.append(word) }
                word = []
                continue
            }
            let startsWord =
                isUpper(index)
                && (isLower(index - 1) || isDigit(index - 1)
                    || isUpper(index - 1) && isLower(index + 1) && !isPlural(index + 1))
            if startsWord && !word.isEmpty {
                words.append(word)
                word = []
            }
            word.append(isUpper(index) ? byte + 0x20 : byte)
        }
        if !word.isEmpty { words.append(word) }
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "_")
    }
}
