import Documents
import JSON

/// The named schemas of a document, each converted once per direction at most and shared by all operations.
final class SchemaLibrary {
    private struct Definition {
        let target: Int
        let name: String
        let reference: JSONValue
        var converted: (request: SharedSchema?, response: SharedSchema?) = (nil, nil)
        var cycle: (request: CycleState, response: CycleState) = (.unknown, .unknown)

        subscript(direction: Direction) -> CycleState {
            get { direction == .request ? cycle.request : cycle.response }
            set { if direction == .request { cycle.request = newValue } else { cycle.response = newValue } }
        }
    }

    private enum CycleState {
        case unknown, open, sound, circular
    }

    let version: SpecificationVersion
    let documents: DocumentSet
    let ledger: DiagnosticLedger
    let limits: ImportOptions.Limits
    private let pattern: (String) -> Bool
    private var patterns: [String: Bool] = [:]
    private var definitions: [Definition] = []
    private var byTarget: [Int: Int] = [:]
    /// By the text of the reference; names are ASCII.
    private var byName: [String: Int] = [:]
    private var names: Set<String> = []
    private var accesses: [Int: Access] = [:]
    private var marks: [Int] = []
    private var mark = 0
    /// Definitions in the schemas of all operations so far.
    private var spent = 0

    init(version: SpecificationVersion, documents: DocumentSet, ledger: DiagnosticLedger, options: ImportOptions) {
        self.version = version
        self.documents = documents
        self.ledger = ledger
        limits = options.limits
        pattern = options.isPatternSupported
        // Names of the root's own schemas are theirs, whoever is met first.
        let schemas = documents.files[0].document.value[JSONPointer(version.schemaPath)]?.object
        for member in schemas ?? [:] { names.insert(member.key) }
    }

    func isPatternSupported(_ text: String) -> Bool {
        if let known = patterns[text] { return known }
        let isSupported = pattern(text)
        patterns[text] = isSupported
        return isSupported
    }

    /// The definition that a reference means; its schema is converted when it is asked for.
    func definition(_ reference: String, from file: Int) throws(DocumentSet.Failure) -> Int {
        let target = try documents.resolve(reference, from: file)
        if let known = byTarget[target] { return known }
        let name = name(of: documents.targets[target].site)
        definitions.append(
            Definition(target: target, name: name, reference: .string("#/$defs/" + name)))
        byTarget[target] = definitions.count - 1
        byName["#/$defs/" + name] = definitions.count - 1
        return definitions.count - 1
    }

    func referenceText(_ definition: Int) -> JSONValue {
        definitions[definition].reference
    }

    /// The definition that a converted reference names.
    func definition(named reference: String) -> Int? {
        byName[reference]
    }

    func converted(_ definition: Int, for direction: Direction) -> ConvertedSchema {
        shared(definition, for: direction).schema
    }

    private func shared(_ definition: Int, for direction: Direction) -> SharedSchema {
        let known = definitions[definition].converted
        if let known = direction == .request ? known.request : known.response { return known }
        let target = documents.targets[definitions[definition].target]
        let located = Located(value: target.value, site: target.site)
        let converted = SharedSchema(SchemaConverter.convert(located, for: direction, in: self))
        let isEither = !converted.schema.dependsOnDirection
        if isEither || direction == .request { definitions[definition].converted.request = converted }
        if isEither || direction == .response { definitions[definition].converted.response = converted }
        return converted
    }

    /// Where the schema of a definition is written.
    func site(_ definition: Int) -> Site {
        documents.targets[definitions[definition].target].site
    }

    private func name(of site: Site) -> String {
        let tokens = site.pointer.tokens
        let last =
            tokens.last ?? documents.files[site.file].path.split(separator: "/").last.map(String.init) ?? "schema"
        var base = ""
        for byte in last.utf8.prefix(80) {
            let scalar = UnicodeScalar(byte)
            base.unicodeScalars.append(Self.isNameByte(byte) ? scalar : "_")
        }
        let isOwn = site.file == 0 && Array(tokens.dropLast()) == version.schemaPath
        if isOwn && base.hasSameBytes(as: last) { return base }
        let place = documents.files[site.file].path + "#" + site.pointer.description
        var salt = 0
        while true {
            let name = base + "_" + StableDigest.hex(place, salt: salt)
            if names.insert(name).inserted { return name }
            salt += 1
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}

// MARK: - Self-contained schemas

extension SchemaLibrary {
    /// The definitions that schemas need.
    struct Closure {
        /// `$defs`, empty when none is needed.
        var definitions = JSONObject()
        var nodes = 0
        var problems: [SchemaProblem] = []
        /// All of them, in the order of `definitions`.
        var ids: [Int] = []
        /// Definitions that were left open because the bound was reached.
        var truncated: Set<Int> = []
        /// Whether a truncated definition stands where a more generous one would refuse more.
        var isTruncationUnsound = false
    }

    /// Everything that the given definitions lead to.
    ///
    /// - Parameters:
    ///   - strict: those of them that nothing more generous may stand for.
    ///   - budget: values; definitions beyond it are named and accept everything.
    func closure(of roots: [Int], strict: [Int], nodes: Int, for direction: Direction, budget: Int) -> Closure {
        var closure = Closure()
        closure.nodes = nodes
        guard spent <= limits.definitions else {
            let message = "the operations before it use more than \(limits.definitions) definitions"
            closure.problems = [SchemaProblem(code: "document-size", message: message, site: .root)]
            return closure
        }
        closure.ids = reach(roots, for: direction) { id, schema in
            closure.nodes += schema.nodes
            guard closure.nodes > budget else { return true }
            closure.nodes -= schema.nodes - 1
            closure.truncated.insert(id)
            return false
        }
        if !closure.truncated.isEmpty {
            // What has an open definition where it must not have one is opened itself.
            var isSettled = false
            for _ in 0..<16 where !isSettled {
                isSettled = true
                for id in closure.ids.reversed() where !closure.truncated.contains(id) {
                    guard shared(id, for: direction).schema.strict.contains(where: closure.truncated.contains) else {
                        continue
                    }
                    closure.truncated.insert(id)
                    isSettled = false
                }
            }
            closure.ids = reach(roots, for: direction) { id, _ in !closure.truncated.contains(id) }
            closure.isTruncationUnsound = !isSettled || strict.contains(where: closure.truncated.contains)
        }
        spent += closure.ids.count
        for id in closure.ids {
            if closure.truncated.contains(id) {
                closure.definitions.append(definitions[id].name, .object([:]))
                continue
            }
            let shared = shared(id, for: direction)
            closure.definitions.append(definitions[id].name, shared.schema.value)
            if !shared.schema.problems.isEmpty { closure.problems += shared.schema.problems }
            if let problem = cycle(from: id, for: direction) { closure.problems.append(problem) }
        }
        return closure
    }

    /// Definitions in the order in which a walk by breadth meets them.
    ///
    /// - Parameter visit: whether the walk goes on through a definition.
    private func reach(
        _ roots: [Int], for direction: Direction, visit: (Int, borrowing ConvertedSchema) -> Bool
    ) -> [Int] {
        mark += 1
        var queue: [Int] = []
        func add(_ ids: [Int]) {
            while marks.count < definitions.count { marks.append(0) }
            for id in ids where marks[id] != mark {
                marks[id] = mark
                queue.append(id)
            }
        }
        add(roots)
        var next = 0
        while next < queue.count {
            let id = queue[next]
            next += 1
            let shared = shared(id, for: direction)
            if visit(id, shared.schema) { add(shared.schema.references) }
        }
        return queue
    }

    /// A definition that applies itself to the same instance, which says nothing and never ends.
    private func cycle(from root: Int, for direction: Direction) -> SchemaProblem? {
        if definitions[root][direction] == .sound { return nil }
        if definitions[root][direction] == .unknown {
            var stack: [(id: Int, next: Int)] = [(root, 0)]
            definitions[root][direction] = .open
            while let (id, next) = stack.last {
                let edges = shared(id, for: direction).schema.inPlace
                guard next < edges.count else {
                    if definitions[id][direction] == .open { definitions[id][direction] = .sound }
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let edge = edges[next]
                switch definitions[edge][direction] {
                case .unknown:
                    definitions[edge][direction] = .open
                    stack.append((edge, 0))
                case .open: definitions[edge][direction] = .circular
                case .circular, .sound: break
                }
            }
        }
        guard definitions[root][direction] == .circular else { return nil }
        return SchemaProblem(
            code: "reference-circular",
            message: "the schema \(CleanText.quoted(definitions[root].name)) leads only to itself",
            hint: "Let the cycle pass through a property or an array.", site: site(root))
    }
}

// MARK: - Read-only and write-only

extension SchemaLibrary {
    /// What `readOnly` and `writeOnly` say about a schema and its properties.
    struct Access {
        struct Name {
            let name: String
            let isReadOnly: Bool
            let isWriteOnly: Bool

            func hides(in direction: Direction) -> Bool {
                direction == .request ? isReadOnly : isWriteOnly
            }
        }

        var isReadOnly = false
        var isWriteOnly = false
        var names: [Name] = []

        /// Bounded, because `allOf` can bring the same names again and again.
        mutating func add(_ further: [Name]) {
            for name in further.prefix(max(0, 2_000 - names.count))
            where !names.contains(where: { $0.name.hasSameBytes(as: name.name) }) { names.append(name) }
        }
    }

    /// Of an object schema; the branches of `allOf` count as its own.
    func access(of object: JSONObject, from file: Int, depth: Int) -> Access {
        var access = Access()
        for member in object {
            switch member.key {
            case "readOnly": access.isReadOnly = member.value.bool == true
            case "writeOnly": access.isWriteOnly = member.value.bool == true
            case "properties":
                for property in member.value.object ?? [:] {
                    guard let schema = property.value.object else { continue }
                    let flags = flags(of: schema, from: file)
                    guard flags.isReadOnly || flags.isWriteOnly else { continue }
                    let name = Access.Name(
                        name: property.key, isReadOnly: flags.isReadOnly, isWriteOnly: flags.isWriteOnly)
                    access.add([name])
                }
            case "allOf":
                for branch in member.value.array ?? [] {
                    guard let branch = branch.object else { continue }
                    access.add(self.access(of: branch, from: file, depth: depth + 1).names)
                }
            case "$ref":
                guard depth > 0, depth < 8, let reference = member.value.string,
                    let target = try? documents.resolve(reference, from: file)
                else { continue }
                if let known = accesses[target] {
                    access.add(known.names)
                } else if let schema = documents.targets[target].value.object {
                    // Stands against a loop; what a loop adds is known by then.
                    accesses[target] = Access()
                    let found = self.access(of: schema, from: documents.targets[target].site.file, depth: depth + 1)
                    accesses[target] = found
                    access.add(found.names)
                }
            default: continue
            }
        }
        return access
    }

    /// The flags of a property, also where they stand behind its reference.
    private func flags(of schema: JSONObject, from file: Int) -> (isReadOnly: Bool, isWriteOnly: Bool) {
        var schema = schema
        var file = file
        var isReadOnly = false
        var isWriteOnly = false
        for _ in 0..<8 {
            var reference: String?
            for member in schema {
                switch member.key {
                case "readOnly": isReadOnly = isReadOnly || member.value.bool == true
                case "writeOnly": isWriteOnly = isWriteOnly || member.value.bool == true
                case "$ref": reference = member.value.string
                default: continue
                }
            }
            guard let reference, let target = try? documents.resolve(reference, from: file),
                let next = documents.targets[target].value.object
            else { break }
            schema = next
            file = documents.targets[target].site.file
        }
        return (isReadOnly, isWriteOnly)
    }
}
