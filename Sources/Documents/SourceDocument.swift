package import JSON

/// A JSON or YAML file as a value that can say where its parts stand.
///
/// JSON is what begins with `{` or `[` and is JSON (RFC 8259); all else is YAML with the scalars of its 1.2 core
/// schema. Keys are always strings: the scalar's text. Anchors, aliases and merge keys (`<<`) are written out within
/// the limits. A repeated key does not refuse the file; its first value counts and the others are reported.
package struct SourceDocument: Sendable {
    package enum Format: String, Sendable, Hashable {
        case json, yaml
    }

    package struct Limits: Sendable, Hashable {
        /// Bytes of the file. Aliases may at most double it.
        package var maxBytes: Int
        /// Levels of arrays and objects.
        package var maxDepth: Int
        /// Values in the file, counted with aliases written out.
        package var maxNodes: Int

        package init(maxBytes: Int = 64 << 20, maxDepth: Int = 128, maxNodes: Int = 4 << 20) {
            self.maxBytes = maxBytes
            self.maxDepth = maxDepth
            self.maxNodes = maxNodes
        }
    }

    /// The file as the reader named it.
    package let file: String
    package let value: JSONValue
    package let format: Format
    /// In the order of the file.
    package let repeatedKeys: [RepeatedKey]
    private let text: SourceText
    private let limits: Limits

    /// Reads a file's bytes.
    ///
    /// - Throws: one error with the place where reading stopped. Its code is `invalid-json`, `invalid-yaml`,
    ///   `not-utf8`, `too-large`, `too-deep`, `empty-document`, `several-documents`, `unknown-alias`,
    ///   `recursive-alias`, `invalid-merge`, `unsupported-tag`, `unsupported-key`, `no-json-number` (`.inf`, `.nan`)
    ///   or `repeated-key` (more than a thousand of them).
    package static func parse(
        _ bytes: [UInt8], file: String, limits: Limits = .init()
    ) throws(Diagnostic) -> SourceDocument {
        do {
            return try read(bytes, file: file, limits: limits)
        } catch {
            throw Diagnostic(
                .error, code: error.code, error.message, hint: error.hint, file: file,
                position: SourceText.position(error.place, in: bytes))
        }
    }

    static let depthHint = "name inner parts and refer to them"

    private static func read(
        _ bytes: [UInt8], file: String, limits: Limits
    ) throws(SourceProblem) -> SourceDocument {
        guard bytes.count <= limits.maxBytes else {
            throw SourceProblem("too-large", "larger than \(limits.maxBytes) bytes", at: .byte(limits.maxBytes))
        }
        let text = try SourceText(bytes)
        guard let first = text.firstByte else { throw YAMLBuilder.emptyDocument }
        guard first == 0x7B || first == 0x5B else { return try yaml(text, file: file, limits: limits) }
        do {
            return try json(text, file: file, limits: limits)
        } catch {
            // Bounds hold for both; the rest may still be YAML's flow style.
            if error.code == "invalid-json", let document = try? yaml(text, file: file, limits: limits) {
                return document
            }
            throw error
        }
    }

    private static func json(
        _ text: SourceText, file: String, limits: Limits
    ) throws(SourceProblem) -> SourceDocument {
        let options = JSONParser.Options(
            maxDepth: limits.maxDepth, maxBytes: limits.maxBytes, recordsDuplicates: true, maxValues: limits.maxNodes)
        let document: JSONParser.Document
        do {
            document = try JSONParser.document(text.bytes.span.extracting(text.start...), options: options)
        } catch {
            throw SourceProblem(error)
        }
        let positions = text.positions(document.duplicates.map(\.offset), .byte)
        let repeated = document.duplicates.compactMap { duplicate in
            positions[duplicate.offset].map {
                RepeatedKey(
                    object: duplicate.object, key: duplicate.key, position: $0, isSameMeaning: duplicate.isSameMeaning)
            }
        }
        return SourceDocument(
            file: file, value: document.value, format: .json,
            repeatedKeys: repeated.sorted { $0.position < $1.position }, text: text, limits: limits)
    }

    private static func yaml(
        _ text: SourceText, file: String, limits: Limits
    ) throws(SourceProblem) -> SourceDocument {
        let document = try YAMLBuilder.document(text, limits: limits, keepsPlaces: false)
        let positions = text.positions(document.repetitions.map(\.start), .scalar)
        let repeated = document.repetitions.compactMap { repetition in
            positions[repetition.start].map {
                RepeatedKey(
                    object: repetition.object, key: repetition.key, position: $0,
                    isSameMeaning: repetition.isSameMeaning)
            }
        }
        return SourceDocument(
            file: file, value: document.value, format: .yaml,
            repeatedKeys: repeated.sorted { $0.position < $1.position }, text: text, limits: limits)
    }

    /// Where a value begins; for a member of an object, where its name does.
    ///
    /// Walks the text again, so it is for diagnostics. A value that an alias brings has the place of the alias, and
    /// its parts have the places they were written at.
    ///
    /// - Returns: nil when nothing is at the pointer.
    package func position(of pointer: JSONPointer) -> SourcePosition? {
        positions(of: [pointer])[pointer]
    }

    /// Where values begin, in one walk through the text. Pointers to nothing are left out.
    package func positions(of pointers: [JSONPointer]) -> [JSONPointer: SourcePosition] {
        let offsets: [JSONPointer: Int]
        switch format {
        case .json: offsets = JSONPlaces.offsets(of: pointers.filter { value[$0] != nil }, in: text)
        case .yaml: offsets = yamlOffsets(of: pointers)
        }
        let positions = text.positions(Array(offsets.values), format == .json ? .byte : .scalar)
        return offsets.compactMapValues { positions[$0] }
    }

    private func yamlOffsets(of pointers: [JSONPointer]) -> [JSONPointer: Int] {
        guard let document = try? YAMLBuilder.document(text, limits: limits, keepsPlaces: true) else { return [:] }
        var offsets: [JSONPointer: Int] = [:]
        for pointer in pointers {
            offsets[pointer] = document.place.start(of: pointer, in: document.value)
        }
        return offsets
    }
}

extension SourceProblem {
    fileprivate init(_ error: JSONSyntaxError) {
        let code: String
        let hint: String?
        switch error.reason {
        case .tooDeep: (code, hint) = ("too-deep", SourceDocument.depthHint)
        case .tooLarge, .tooManyValues: (code, hint) = ("too-large", nil)
        case .invalidUTF8: (code, hint) = ("not-utf8", SourceText.encodingHint)
        case .duplicateKey:
            (code, hint) = (
                "repeated-key", "remove one; the file repeats \(JSONParser.maxDuplicates) names before this one"
            )
        case .invalidEscape, .loneSurrogate, .controlCharacter, .nullCharacter:
            (code, hint) = ("invalid-json", "write a backslash as \\\\ and control characters as escapes")
        case .unexpectedEnd, .unexpectedByte, .invalidNumber, .trailingBytes:
            (code, hint) = ("invalid-json", "check the commas, quotes and brackets here and just above")
        }
        self.init(code, error.message, hint: hint, at: .byte(error.offset))
    }
}

extension YAMLPlace {
    fileprivate func start(of pointer: JSONPointer, in value: JSONValue) -> Int? {
        var place = self
        var value = value
        for token in pointer.tokens {
            let index: Int?
            switch value {
            case .object(let object): index = object.firstIndex { $0.key.hasSameBytes(as: token) }
            case .array: index = Int(token)
            default: index = nil
            }
            guard let index, let child = value[JSONPointer([token])], place.children.indices.contains(index) else {
                return nil
            }
            place = place.children[index]
            value = child
        }
        return place.start
    }
}
