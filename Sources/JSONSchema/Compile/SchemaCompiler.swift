import JSON

/// Turns the schemas that the root can reach into a ``SchemaProgram``, one at a time, without recursion.
struct SchemaCompiler {
    /// A schema while its keywords are being read.
    struct Draft {
        let place: Int
        let object: JSONObject
        let dialect: Dialect
        var node = SchemaNode()
        var string: [SchemaCheck] = []
        var number: [SchemaCheck] = []
        var array: [SchemaCheck] = []
        var objectChecks: [SchemaCheck] = []
        var any: [SchemaCheck] = []
        var last: [SchemaCheck] = []

        /// The keyword's value, nil where it is absent or the dialect does not have the keyword.
        func value(_ keyword: Keyword) -> JSONValue? {
            dialect.keyword(keyword.rawValue) == nil ? nil : object[keyword.rawValue]
        }
    }

    let options: Schema.Options
    var index: SchemaIndex
    var tables = SchemaTables()
    private var nodeAt: [Int: NodeID] = [:]
    private var placeOf: [Int] = []
    private var patternAt: [ByteKey: Int32] = [:]
    private var unknownKeywords: [JSONPointer] = []
    private var notedPlaces: Set<Int> = []
    private var dynamicNames: [String] = []

    init(_ root: JSONValue, options: Schema.Options) throws(SchemaError) {
        self.options = options
        index = try SchemaIndex(root, options: options)
    }

    mutating func compile() throws(SchemaError) -> Schema {
        let root = try node(at: 0)
        var next = 0
        var indexed = 0
        repeat {
            while next < placeOf.count {
                try compileNode(next)
                next += 1
            }
            // Any resource may come to lie in the dynamic scope, so its dynamic anchors are targets.
            while !dynamicNames.isEmpty, indexed < index.resources.count {
                try compileDynamicAnchors(of: indexed)
                indexed += 1
            }
        } while next < placeOf.count
        try fillDynamicAnchors()
        if let loop = ReferenceLoop.find(in: tables) {
            let message = "the schema applies itself to the same value without end"
            throw error(.referenceLoop, placeOf[Int(loop)], nil, message)
        }
        let pointers = placeOf.map { index.places[$0].pointer }
        let program = SchemaProgram(tables, pointers: pointers, root: root, limits: options.limits)
        return Schema(unknownKeywords: unknownKeywords, program: program)
    }

    // MARK: Errors

    func error(
        _ code: SchemaError.Code, _ place: Int, _ keyword: Keyword?, _ message: String, tokens: [String] = []
    ) -> SchemaError {
        let place = index.places[place]
        let names = (keyword.map { [$0.rawValue] } ?? []) + tokens
        return index.error(code, at: JSONPointer(place.pointer.tokens + names), in: place.document, message)
    }

    func malformed(_ place: Int, _ keyword: Keyword, _ demand: String) -> SchemaError {
        error(.malformedKeyword, place, keyword, "\(keyword.rawValue) must be \(demand)")
    }

    // MARK: Nodes

    /// The node of a schema, which is compiled later.
    ///
    /// A schema that does nothing but refer to another is that other: chains of references cost nothing.
    mutating func node(at place: Int) throws(SchemaError) -> NodeID {
        var place = place
        var seen: Set<Int> = []
        while nodeAt[place] == nil, let target = try onlyReference(at: place) {
            guard seen.insert(place).inserted else {
                throw error(.referenceLoop, place, .ref, "the reference leads only to itself")
            }
            try noteUnknownKeywords(of: place)
            place = target
        }
        if let node = nodeAt[place] { return node }
        let node = tables.nodes.add(SchemaNode())
        placeOf.append(place)
        nodeAt[place] = node
        return node
    }

    private mutating func onlyReference(at place: Int) throws(SchemaError) -> Int? {
        let schema = index.places[place]
        guard let object = schema.value.object else { return nil }
        let resource = index.resources[schema.resource]
        // Passing through a resource puts its dynamic anchors into scope.
        guard resource.dynamicAnchors.isEmpty else { return nil }
        var reference: String?
        for member in object {
            switch resource.dialect.keyword(member.key) {
            case .ref: reference = member.value.string
            case let keyword? where resource.dialect.draft == .draft7 || keyword.isAnnotation: continue
            case nil: continue
            default: return nil
            }
        }
        guard let reference else { return nil }
        return try index.resolve(reference, from: place, keyword: .ref).place
    }

    /// The node of the schema in a keyword's value, or below it.
    mutating func child(
        of draft: Draft, _ keyword: Keyword, _ tokens: [String] = []
    ) throws(SchemaError) -> NodeID {
        let parent = index.places[draft.place]
        let pointer = JSONPointer(parent.pointer.tokens + [keyword.rawValue] + tokens)
        guard let place = index.place(at: pointer, in: parent.document) else {
            throw error(
                .malformedKeyword, draft.place, keyword, "a schema must be an object or a boolean", tokens: tokens)
        }
        return try node(at: place)
    }

    private mutating func compileNode(_ id: Int) throws(SchemaError) {
        let place = placeOf[id]
        let schema = index.places[place]
        var node = SchemaNode()
        node.resource = Int32(schema.resource)
        switch schema.value {
        case .bool(true): break
        case .bool(false):
            node.isNever = true
            node.types = []
        case .object(let object):
            var draft = Draft(place: place, object: object, dialect: index.resources[schema.resource].dialect)
            draft.node = node
            try compile(&draft)
            node = draft.node
            node.string = tables.addChecks(draft.string)
            node.number = tables.addChecks(draft.number)
            node.array = tables.addChecks(draft.array)
            node.object = tables.addChecks(draft.objectChecks)
            node.any = tables.addChecks(draft.any)
            node.last = tables.addChecks(draft.last)
            node.asksUnevaluated = !draft.last.isEmpty
        default: throw error(.malformedKeyword, place, nil, "a schema must be an object or a boolean")
        }
        tables.nodes[id] = node
    }

    private mutating func compile(_ draft: inout Draft) throws(SchemaError) {
        try noteUnknownKeywords(of: draft.place)
        if draft.dialect.draft == .draft7, draft.value(.ref) != nil {
            // Draft 7 §8.3: whatever stands beside `$ref` is ignored.
            return try compileReferences(&draft)
        }
        try compileValues(&draft)
        try compileReferences(&draft)
        try compileApplicators(&draft)
        try compileString(&draft)
        try compileNumber(&draft)
        try compileArray(&draft)
        try compileObject(&draft)
    }

    private mutating func noteUnknownKeywords(of place: Int) throws(SchemaError) {
        guard notedPlaces.insert(place).inserted, let object = index.places[place].value.object else { return }
        let dialect = index.resources[index.places[place].resource].dialect
        for member in object {
            switch dialect.keyword(member.key) {
            case nil: unknownKeywords.append(index.places[place].pointer.appending(member.key))
            case .recursiveRef, .recursiveAnchor:
                throw error(
                    .unsupportedKeyword, place, nil, "\(member.key) is not supported; use $dynamicRef",
                    tokens: [member.key])
            default: break
            }
        }
    }

    mutating func noteUnknown(_ keyword: Keyword, of draft: Draft) {
        unknownKeywords.append(index.places[draft.place].pointer.appending(keyword.rawValue))
    }

    /// The pattern with this source, compiled once.
    mutating func pattern(
        _ source: String, _ place: Int, _ keyword: Keyword, tokens: [String] = []
    ) throws(SchemaError) -> Int32 {
        if let known = patternAt[ByteKey(source)] { return known }
        do {
            let limits = Pattern.Limits(maxProgram: options.limits.maxPatternProgram)
            let pattern = tables.patterns.add(try Pattern(source, limits: limits))
            patternAt[ByteKey(source)] = pattern
            return pattern
        } catch {
            let message = "the regular expression is refused at \(error.offset): \(error.message)"
            throw self.error(.badPattern, place, keyword, message, tokens: tokens)
        }
    }

    // MARK: Dynamic anchors

    func dynamicName(_ name: String) -> Int32? {
        dynamicNames.firstIndex { $0.hasSameBytes(as: name) }.map(Int32.init)
    }

    mutating func addDynamicName(_ name: String) -> Int32 {
        dynamicName(name) ?? dynamicNames.add(name)
    }

    private mutating func compileDynamicAnchors(of resource: Int) throws(SchemaError) {
        for place in index.resources[resource].dynamicAnchors.values.sorted() { _ = try node(at: place) }
    }

    private mutating func fillDynamicAnchors() throws(SchemaError) {
        guard !dynamicNames.isEmpty else { return }
        for resource in index.resources {
            var row: [NodeID] = []
            for name in dynamicNames {
                if let place = resource.dynamicAnchors[ByteKey(name)] {
                    row.append(try node(at: place))
                } else {
                    row.append(-1)
                }
            }
            tables.dynamicAnchors.append(row)
        }
    }
}
