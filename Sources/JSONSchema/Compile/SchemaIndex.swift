import JSON

/// Where the schemas of all documents are, and by which URIs and anchors they can be reached.
///
/// Documents are read when a reference leads to them. Nothing is looked for inside of keywords that the dialect does
/// not know, until a pointer leads there.
struct SchemaIndex {
    /// A schema in its document.
    struct Place {
        let document: Int
        let pointer: JSONPointer
        let value: JSONValue
        let resource: Int
    }

    /// A schema with a URI of its own, up to the next one inside of it (2020-12 core §4.3.5).
    struct Resource {
        let base: URIReference
        let dialect: Dialect
        let root: Int
        var anchors: [ByteKey: Int] = [:]
        var dynamicAnchors: [ByteKey: Int] = [:]
    }

    struct PlaceKey: Hashable {
        let document: Int
        let pointer: ByteKey
    }

    private(set) var places: [Place] = []
    private(set) var resources: [Resource] = []
    private var documents: [(uri: String, root: JSONValue, dialect: Dialect)] = []
    private var placeAt: [PlaceKey: Int] = [:]
    private var resourceAt: [ByteKey: Int] = [:]
    private let options: Schema.Options

    init(_ root: JSONValue, options: Schema.Options) throws(SchemaError) {
        self.options = options
        _ = try add(root, uri: URIReference(options.baseURI).withoutFragment, dialect: .draft2020)
    }

    /// The schema that stands at a pointer, nil when none was taken in there.
    func place(at pointer: JSONPointer, in document: Int) -> Int? {
        placeAt[key(document, pointer)]
    }

    func error(_ code: SchemaError.Code, at pointer: JSONPointer, in document: Int, _ message: String) -> SchemaError {
        SchemaError(code, at: pointer, in: document == 0 ? nil : documents[document].uri, message)
    }

    // MARK: Reading documents

    /// - Parameter dialect: the one of the referrer, for a document that names none.
    private mutating func add(_ root: JSONValue, uri: String, dialect: Dialect) throws(SchemaError) -> Int {
        documents.append((uri, root, dialect))
        let document = documents.count - 1
        let place = try walk(root, at: JSONPointer(), in: document, resource: nil)
        let resource = places[place].resource
        if resourceAt[ByteKey(uri)] == nil { resourceAt[ByteKey(uri)] = resource }
        return resource
    }

    /// Takes in a schema and everything inside of it.
    ///
    /// - Parameter resource: the one around it, nil at the root of a document.
    /// - Returns: the schema's place.
    private mutating func walk(
        _ value: JSONValue, at pointer: JSONPointer, in document: Int, resource: Int?
    ) throws(SchemaError) -> Int {
        var open = [(value: value, pointer: pointer, resource: resource)]
        let first = places.count
        while let next = open.popLast() {
            let place = try add(next.value, at: next.pointer, in: document, around: next.resource)
            guard case .object(let object) = next.value else { continue }
            let resource = places[place].resource
            let dialect = resources[resource].dialect
            for member in object.reversed() {
                guard let keyword = dialect.keyword(member.key) else { continue }
                let pointer = next.pointer.appending(member.key)
                for (value, suffix) in Self.subschemas(of: member.value, as: keyword.shape(in: dialect.draft)) {
                    let pointer = suffix.map { pointer.appending($0) } ?? pointer
                    // A subschema that a pointer has led to already.
                    if placeAt[key(document, pointer)] == nil { open.append((value, pointer, resource)) }
                }
            }
        }
        return first
    }

    private static func subschemas(
        of value: JSONValue, as shape: Keyword.Shape
    ) -> [(value: JSONValue, suffix: String?)] {
        switch (shape, value) {
        case (.schema, .object), (.schema, .bool), (.schemaOrList, .object), (.schemaOrList, .bool): [(value, nil)]
        case (.list, .array(let array)), (.schemaOrList, .array(let array)):
            array.enumerated().map { ($0.element, String($0.offset)) }.reversed()
        case (.map, .object(let object)): object.map { ($0.value, $0.key) }.reversed()
        case (.schemasAndNames, .object(let object)):
            object.compactMap { $0.value.array == nil ? ($0.value, $0.key) : nil }.reversed()
        default: []
        }
    }

    private func key(_ document: Int, _ pointer: JSONPointer) -> PlaceKey {
        PlaceKey(document: document, pointer: ByteKey(pointer.description))
    }

    private mutating func add(
        _ value: JSONValue, at pointer: JSONPointer, in document: Int, around: Int?
    ) throws(SchemaError) -> Int {
        guard places.count < options.limits.maxSubschemas else {
            let limit = options.limits.maxSubschemas
            throw error(.tooLarge, at: pointer, in: document, "there are more than \(limit) subschemas")
        }
        guard pointer.tokens.count <= options.limits.maxSchemaDepth else {
            throw error(.tooLarge, at: pointer, in: document, "the schema is nested too deep")
        }
        let place = places.count
        let resource = try resource(of: value, at: pointer, in: document, around: around, place: place)
        places.append(Place(document: document, pointer: pointer, value: value, resource: resource))
        placeAt[key(document, pointer)] = place
        if case .object(let object) = value { try addAnchors(object, of: place) }
        return place
    }

    // MARK: Identifiers

    /// The resource that a schema belongs to: a new one if the schema has a URI of its own.
    private mutating func resource(
        of value: JSONValue, at pointer: JSONPointer, in document: Int, around: Int?, place: Int
    ) throws(SchemaError) -> Int {
        let inherited = around.map { resources[$0].dialect } ?? documents[document].dialect
        let base = around.map { resources[$0].base } ?? URIReference(documents[document].uri)
        guard case .object(let object) = value else {
            return around ?? open(base: base, dialect: inherited, root: place)
        }
        var dialect = inherited
        if let schema = object[Keyword.schema.rawValue] {
            guard let uri = schema.string else {
                throw error(.malformedKeyword, at: pointer.appending("$schema"), in: document, "$schema must be a URI")
            }
            dialect = try self.dialect(uri, at: pointer.appending("$schema"), in: document)
        }
        // Draft 7 §8.3: whatever stands beside `$ref` is ignored.
        let isReference = dialect.draft == .draft7 && object[Keyword.ref.rawValue]?.string != nil
        var own = base
        var hasIdentifier = false
        if let id = object[Keyword.id.rawValue], !isReference {
            let at = pointer.appending("$id")
            guard let text = id.string else {
                throw error(.malformedKeyword, at: at, in: document, "$id must be a URI reference")
            }
            let reference = URIReference(text)
            let isOnlyFragment = text.utf8.first == 0x23
            if let fragment = reference.fragment, !fragment.isEmpty, dialect.draft != .draft7 {
                throw error(.badIdentifier, at: at, in: document, "$id must not have a fragment; use $anchor")
            }
            if !isOnlyFragment {
                own = base.resolving(reference)
                own.fragment = nil
                hasIdentifier = true
            }
        }
        if around != nil && !hasIdentifier {
            guard dialect == inherited else {
                let message = "$schema may change the dialect only beside an $id"
                throw error(.unknownDialect, at: pointer.appending("$schema"), in: document, message)
            }
            return around ?? 0
        }
        let resource = open(base: own, dialect: dialect, root: place)
        if hasIdentifier {
            let key = ByteKey(own.withoutFragment)
            guard resourceAt[key] == nil else {
                let message = "another schema has the same $id"
                throw error(.duplicateIdentifier, at: pointer.appending("$id"), in: document, message)
            }
            resourceAt[key] = resource
        }
        return resource
    }

    private mutating func open(base: URIReference, dialect: Dialect, root: Int) -> Int {
        resources.append(Resource(base: base, dialect: dialect, root: root))
        return resources.count - 1
    }

    private mutating func addAnchors(_ object: JSONObject, of place: Int) throws(SchemaError) {
        let resource = places[place].resource
        let dialect = resources[resource].dialect
        if dialect.draft == .draft7 {
            guard object[Keyword.ref.rawValue]?.string == nil, let id = object[Keyword.id.rawValue]?.string,
                let fragment = URIReference(id).fragment, !fragment.isEmpty
            else { return }
            return try addAnchor(fragment, to: \.anchors, place, Keyword.id.rawValue)
        }
        if let anchor = object[Keyword.anchor.rawValue] {
            let name = try anchorName(anchor, place, Keyword.anchor.rawValue)
            try addAnchor(name, to: \.anchors, place, Keyword.anchor.rawValue)
        }
        if dialect.draft == .draft2020, let anchor = object[Keyword.dynamicAnchor.rawValue] {
            let name = try anchorName(anchor, place, Keyword.dynamicAnchor.rawValue)
            // Both kinds may share a name at one schema; it is the same place then.
            if resources[resource].anchors[ByteKey(name)] != place {
                try addAnchor(name, to: \.anchors, place, Keyword.dynamicAnchor.rawValue)
            }
            try addAnchor(name, to: \.dynamicAnchors, place, Keyword.dynamicAnchor.rawValue)
        }
    }

    /// 2020-12 core §8.2.2: a name starts with a letter or `_`.
    private func anchorName(_ value: JSONValue, _ place: Int, _ keyword: String) throws(SchemaError) -> String {
        let name = value.string ?? ""
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }
        let isName = name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
        guard let first = name.utf8.first, isLetter(first), isName else {
            let at = places[place].pointer.appending(keyword)
            throw error(.badIdentifier, at: at, in: places[place].document, "\(keyword) must be a plain name")
        }
        return name
    }

    private mutating func addAnchor(
        _ name: String, to table: WritableKeyPath<Resource, [ByteKey: Int]>, _ place: Int, _ keyword: String
    ) throws(SchemaError) {
        let resource = places[place].resource
        guard resources[resource][keyPath: table][ByteKey(name)] == nil else {
            let at = places[place].pointer.appending(keyword)
            let message = "another schema in this resource has the same anchor"
            throw error(.duplicateIdentifier, at: at, in: places[place].document, message)
        }
        resources[resource][keyPath: table][ByteKey(name)] = place
    }

    // MARK: Dialects

    private func document(_ uri: String) -> JSONValue? {
        options.documents[uri] ?? options.documents[uri + "#"] ?? Metaschema.document(uri)
    }

    /// The dialect that `$schema` names: a built-in one, or what the `$vocabulary` of a given document says.
    private func dialect(
        _ uri: String, at pointer: JSONPointer, in document: Int, depth: Int = 0
    ) throws(SchemaError) -> Dialect {
        let uri = uri.utf8.last == 0x23 ? String(decoding: uri.utf8.dropLast(), as: UTF8.self) : uri
        if let dialect = Dialect.builtIn(uri) { return dialect }
        guard depth < 8, let metaschema = self.document(uri)?.object else {
            throw error(.unknownDialect, at: pointer, in: document, "the dialect is not known")
        }
        let parent = metaschema[Keyword.schema.rawValue]?.string
        guard let parent, parent != uri else {
            throw error(.unknownDialect, at: pointer, in: document, "the metaschema names no dialect of its own")
        }
        var dialect = try dialect(parent, at: pointer, in: document, depth: depth + 1)
        guard let vocabularies = metaschema[Keyword.vocabulary.rawValue]?.object else { return dialect }
        dialect.vocabularies = .core
        for member in vocabularies {
            let isRequired = member.value.bool ?? true
            if let vocabulary = Dialect.vocabulary(member.key, isRequired: isRequired) {
                dialect.vocabularies.formUnion(vocabulary)
            } else if isRequired {
                let message = "the dialect requires a vocabulary that is not known: \(Shown.text(member.key))"
                throw error(.unknownVocabulary, at: pointer, in: document, message)
            }
        }
        return dialect
    }

    // MARK: References

    /// The place that a reference leads to, and the name where it leads to a dynamic anchor.
    mutating func resolve(
        _ reference: String, from place: Int, keyword: Keyword
    ) throws(SchemaError) -> (place: Int, dynamicAnchor: String?) {
        let from = places[place]
        let at = from.pointer.appending(keyword.rawValue)
        func unresolvable(_ message: String) -> SchemaError {
            error(.unresolvableReference, at: at, in: from.document, message)
        }
        let target = resources[from.resource].base.resolving(URIReference(reference))
        let uri = target.withoutFragment
        let resource: Int
        if let known = resourceAt[ByteKey(uri)] {
            resource = known
        } else if let root = document(uri) {
            resource = try add(root, uri: uri, dialect: resources[from.resource].dialect)
        } else {
            throw unresolvable("no document is known by the URI \(Shown.text(uri))")
        }
        guard let fragment = Self.percentDecoded(target.fragment ?? "") else {
            throw unresolvable("the fragment is not percent-encoded UTF-8")
        }
        if fragment.isEmpty { return (resources[resource].root, nil) }
        if fragment.utf8.first == 0x2F {
            guard let pointer = JSONPointer(parsing: fragment), let place = try follow(pointer, from: resource) else {
                throw unresolvable("there is no schema at \(Shown.text(reference))")
            }
            return (place, nil)
        }
        guard let place = resources[resource].anchors[ByteKey(fragment)] else {
            throw unresolvable("there is no anchor \(Shown.text(fragment))")
        }
        return (place, resources[resource].dynamicAnchors[ByteKey(fragment)] == nil ? nil : fragment)
    }

    /// The schema at a pointer, taken in if it stands where no keyword of the dialect has schemas.
    private mutating func follow(_ pointer: JSONPointer, from resource: Int) throws(SchemaError) -> Int? {
        let root = places[resources[resource].root]
        let whole = JSONPointer(root.pointer.tokens + pointer.tokens)
        if let place = placeAt[key(root.document, whole)] { return place }
        guard let value = root.value[pointer], value.object != nil || value.bool != nil else { return nil }
        var around = root.resource
        for count in root.pointer.tokens.count..<whole.tokens.count {
            let above = JSONPointer(Array(whole.tokens.prefix(count)))
            if let place = placeAt[key(root.document, above)] { around = places[place].resource }
        }
        return try walk(value, at: whole, in: root.document, resource: around)
    }

    private static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(0x25) else { return text }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
