import Documents
import JSON

/// Converts one schema as written, down to its references, to JSON Schema 2020-12.
///
/// Recursion follows the text only, so it is as deep as the document is nested; references become names.
struct SchemaConverter {
    private let library: SchemaLibrary
    private let direction: Direction
    private var origin: Site
    private var path: [String] = []
    private var result = ConvertedSchema(value: .null, nodes: 0)
    private var strictDepth = 0
    private var inclusions = 0
    /// Names that an enclosing `allOf` hides.
    private var hidden: Set<String> = []

    init(library: SchemaLibrary, direction: Direction, origin: Site) {
        self.library = library
        self.direction = direction
        self.origin = origin
    }

    static func convert(_ located: Located, for direction: Direction, in library: SchemaLibrary) -> ConvertedSchema {
        var converter = SchemaConverter(library: library, direction: direction, origin: located.site)
        let value = converter.schema(located.value, isInPlace: true)
        converter.result.value = value
        return converter.result
    }

    private var site: Site { origin.appending(path) }

    private mutating func problem(
        _ code: String, _ message: String, hint: String? = nil, spoilsResponse: Bool = true
    ) {
        let problem = SchemaProblem(
            code: code, message: message, hint: hint, site: site, spoilsResponse: spoilsResponse)
        if result.problems.count < 100 { result.problems.append(problem) }
    }

    private func warn(_ keyword: String, _ message: String) {
        library.ledger.report(
            .warning, code: "schema-keyword", "\(CleanText.quoted(keyword)) is ignored: \(message)",
            at: site.appending(keyword))
    }

    private mutating func nested<T>(_ tokens: [String], body: (inout SchemaConverter) -> T) -> T {
        path.append(contentsOf: tokens)
        defer { path.removeLast(tokens.count) }
        return body(&self)
    }

    private mutating func schema(_ schema: JSONValue, isInPlace: Bool) -> JSONValue {
        result.nodes += 1
        switch schema {
        case .bool: return schema
        case .object(let object):
            guard path.count <= 2 * library.limits.schemaDepth else {
                problem("schema-depth", "its schema is nested too deeply")
                return .object([:])
            }
            return .object(self.object(object, isInPlace: isInPlace))
        case .null:
            library.ledger.report(
                .warning, code: "schema-empty", "the schema is empty and accepts everything", at: site)
            return .object([:])
        default:
            problem("schema-type", "a schema is of type \(schema.typeName) instead of object")
            return .object([:])
        }
    }

    private mutating func object(_ object: JSONObject, isInPlace: Bool) -> JSONObject {
        var draft = SchemaDraft()
        draft.members.reserveCapacity(object.count)
        // OpenAPI 3.0.4 §4.7.24: what stands beside `$ref` is ignored. Annotations and what loosens are kept, because
        // that is how documents are written.
        let isReference = library.version < .v3_1 && object["$ref"]?.string != nil
        let ownHidden = hiddenNames(of: object)
        let outerHidden = hidden
        hidden.formUnion(ownHidden)
        defer { hidden = outerHidden }
        for member in object {
            guard let keyword = SchemaKeyword.table[member.key] else { continue }
            if isReference {
                switch keyword {
                case .reference, .text, .nullable, .example: break
                case .flag where member.key == "deprecated": break
                case .any where member.key == "default": break
                default: continue
                }
            }
            apply(keyword, member, to: &draft, isInPlace: isInPlace)
        }
        return draft.finished(&result.nodes)
    }

    private mutating func apply(
        _ keyword: SchemaKeyword, _ member: JSONObject.Member, to draft: inout SchemaDraft, isInPlace: Bool
    ) {
        let key = member.key
        switch keyword {
        case .reference: reference(member, to: &draft, isInPlace: isInPlace)
        case .type: type(member.value, to: &draft)
        case .text(let isBlock):
            guard let text = member.value.string, !text.isEmpty else { return }
            let limit = library.limits.schemaDescription
            draft.add(
                key, .string(isBlock ? CleanText.block(text, limit: limit) : CleanText.line(text, limit: limit)))
        case .flag: if member.value.bool == true { draft.add(key, true) }
        case .access: break
        case .nullable: draft.isNullable = draft.isNullable || member.value.bool == true
        case .number:
            guard let number = member.value.number, key != "multipleOf" || number.double > 0 else {
                return warn(key, "it is no number that can be used")
            }
            draft.add(key, member.value)
        case .exclusiveBound:
            switch member.value {
            case .bool(true): draft.exclusive.append(key)
            case .bool: break
            case .number: draft.add(key, member.value)
            default: warn(key, "it is neither a number nor a truth value")
            }
        case .count:
            guard let count = member.value.int, count >= 0 else { return warn(key, "it is no count") }
            draft.add(key, .init(count))
        case .pattern: pattern(member, to: &draft)
        case .format:
            guard let format = member.value.string else { return warn(key, "it is no string") }
            draft.add(key, .string(CleanText.line(format, limit: 100)))
            if format == "byte" { draft.addMissing("contentEncoding", "base64") }
        case .word:
            guard let word = member.value.string else { return warn(key, "it is no string") }
            draft.set(key, .string(CleanText.line(word, limit: 100)))
        case .enumeration:
            guard let values = member.value.array, !values.isEmpty else { return warn(key, "it lists nothing") }
            result.nodes += values.count
            draft.add(key, member.value)
        case .any: draft.add(key, member.value)
        case .example: if let example = Example.kept(member.value) { draft.addMissing("examples", [example]) }
        case .examples:
            let examples = (member.value.array ?? []).prefix(3).compactMap(Example.kept)
            if !examples.isEmpty { draft.set(key, .array(examples)) }
        case .schema(let staysInPlace, let isStrict):
            let isInPlace = isInPlace && staysInPlace
            draft.add(key, subschema(key, member.value, isInPlace: isInPlace, isStrict: isStrict))
        case .items:
            if let tuple = member.value.array {
                draft.add("prefixItems", schemas(key, tuple, isInPlace: false, isStrict: false))
            } else {
                draft.add(key, subschema(key, member.value, isInPlace: false, isStrict: false))
            }
        case .schemas(let staysInPlace, let isStrict):
            guard let list = member.value.array, !list.isEmpty else { return warn(key, "it lists no schemas") }
            let isInPlace = isInPlace && staysInPlace
            draft.add(key, schemas(key, list, isInPlace: isInPlace, isStrict: isStrict))
        case .properties, .patternProperties, .dependentSchemas:
            schemaMap(keyword, member, to: &draft, isInPlace: isInPlace)
        case .required: required(member.value, to: &draft)
        case .dependentRequired:
            guard let object = member.value.object, object.allSatisfy({ Self.strings($0.value) != nil }) else {
                return warn(key, "it is no map of names")
            }
            draft.add(key, member.value)
        }
    }

    // MARK: - Applicators

    /// What an enclosing schema hides is hidden where the same instance is described, and nowhere else.
    private mutating func enter(staysOnInstance: Bool, _ isStrict: Bool) -> (hidden: Set<String>, strictDepth: Int) {
        let outer = (hidden, strictDepth)
        if !staysOnInstance { hidden = [] }
        strictDepth += isStrict ? 1 : 0
        return outer
    }

    private mutating func leave(_ outer: (hidden: Set<String>, strictDepth: Int)) {
        (hidden, strictDepth) = outer
    }

    private mutating func subschema(_ key: String, _ value: JSONValue, isInPlace: Bool, isStrict: Bool) -> JSONValue {
        let outer = enter(staysOnInstance: key == "not" || key == "if" || key == "then" || key == "else", isStrict)
        defer { leave(outer) }
        return nested([key]) { $0.schema(value, isInPlace: isInPlace) }
    }

    private mutating func schemas(
        _ key: String, _ list: [JSONValue], isInPlace: Bool, isStrict: Bool
    ) -> JSONValue {
        let outer = enter(staysOnInstance: key != "prefixItems" && key != "items", isStrict)
        defer { leave(outer) }
        var converted: [JSONValue] = []
        converted.reserveCapacity(list.count)
        for (index, element) in list.enumerated() {
            converted.append(nested([key, String(index)]) { $0.schema(element, isInPlace: isInPlace) })
        }
        return .array(converted)
    }

    private mutating func schemaMap(
        _ keyword: SchemaKeyword, _ member: JSONObject.Member, to draft: inout SchemaDraft, isInPlace: Bool
    ) {
        guard let object = member.value.object else { return warn(member.key, "it is no map of schemas") }
        var converted: [JSONObject.Member] = []
        converted.reserveCapacity(object.count)
        convert(object, of: keyword, at: [member.key], isInPlace: isInPlace, into: &converted)
        result.nodes += converted.count
        draft.add(member.key, .object(JSONObject(members: converted)))
    }

    /// Converts the schemas of a map that stands at a path from the origin.
    private mutating func convert(
        _ object: JSONObject, of keyword: SchemaKeyword, at place: [String], isInPlace: Bool,
        into converted: inout [JSONObject.Member]
    ) {
        var isProperties = false
        var staysInPlace = false
        switch keyword {
        case .properties: isProperties = true
        case .dependentSchemas: staysInPlace = true
        default: break
        }
        let isInPlace = isInPlace && staysInPlace
        let outer = hidden
        defer { hidden = outer }
        for property in object {
            if property.key == "$ref", let reference = property.value.string {
                include(reference, keyword, isInPlace: isInPlace, into: &converted)
                continue
            }
            if isProperties {
                if outer.contains(property.key) { continue }
            } else if case .patternProperties = keyword, !library.isPatternSupported(property.key) {
                refusePattern(property.key)
                continue
            }
            if !staysInPlace { hidden = [] }
            if !property.value.isSchema, property.key.hasPrefix("x-") { continue }
            let value = nested(place + [property.key]) { $0.schema(property.value, isInPlace: isInPlace) }
            converted.append(JSONObject.Member(key: property.key, value: value))
        }
    }

    /// Some documents keep a whole map of properties behind a reference, which no version of OpenAPI provides for.
    private mutating func include(
        _ reference: String, _ keyword: SchemaKeyword, isInPlace: Bool, into converted: inout [JSONObject.Member]
    ) {
        do throws(DocumentSet.Failure) {
            let id = try library.documents.resolve(reference, from: origin.file)
            let target = library.documents.targets[id]
            guard let object = target.value.object, inclusions < 64 else { throw .nothingThere }
            let outer = (origin, path)
            origin = target.site
            path = []
            inclusions += 1
            convert(object, of: keyword, at: [], isInPlace: isInPlace, into: &converted)
            (origin, path) = outer
        } catch {
            problem(error.code, "the reference \(CleanText.quoted(reference)) \(error.message)", hint: error.hint)
        }
    }

    private mutating func reference(_ member: JSONObject.Member, to draft: inout SchemaDraft, isInPlace: Bool) {
        guard let reference = member.value.string else { return warn(member.key, "it is no string") }
        guard !draft.has("$ref") else { return }
        do throws(DocumentSet.Failure) {
            let id = try library.definition(reference, from: origin.file)
            if !result.references.contains(id) { result.references.append(id) }
            if isInPlace { result.inPlace.append(id) }
            if strictDepth > 0 { result.strict.append(id) }
            draft.add("$ref", library.referenceText(id))
        } catch {
            problem(error.code, "the reference \(CleanText.quoted(reference)) \(error.message)", hint: error.hint)
        }
    }

    // MARK: - Assertions

    private mutating func pattern(_ member: JSONObject.Member, to draft: inout SchemaDraft) {
        guard let pattern = member.value.string else { return warn(member.key, "it is no string") }
        guard library.isPatternSupported(pattern) else { return refusePattern(pattern) }
        draft.add(member.key, member.value)
    }

    private mutating func refusePattern(_ pattern: String) {
        problem(
            "pattern-unsupported",
            "the pattern \(CleanText.quoted(pattern)) cannot be checked in linear time",
            hint: "Write it without back-references and look-around.", spoilsResponse: false)
    }

    private mutating func type(_ value: JSONValue, to draft: inout SchemaDraft) {
        switch value {
        case .string(let name):
            switch name {
            case "string", "number", "integer", "boolean", "array", "object", "null": draft.add("type", value)
            case "file":
                draft.add("type", "string")
                draft.addMissing("contentEncoding", "base64")
            case "any": break
            case "int", "long": draft.add("type", "integer")
            case "float", "double", "decimal": draft.add("type", "number")
            case "bool": draft.add("type", "boolean")
            default: warn("type", "\(CleanText.quoted(name)) is no type of JSON Schema")
            }
        case .array(let names):
            let known = names.filter { $0.string.map(Self.isType) ?? false }
            if known.count != names.count { warn("type", "it lists what is no type of JSON Schema") }
            if known.count == names.count && !known.isEmpty { draft.add("type", value) }
        default: warn("type", "it is no name of a type")
        }
    }

    static func isType(_ name: String) -> Bool {
        switch name {
        case "string", "number", "integer", "boolean", "array", "object", "null": true
        default: false
        }
    }

    private mutating func required(_ value: JSONValue, to draft: inout SchemaDraft) {
        guard let names = value.array else {
            // Draft 3 and Swagger parameters write a truth value here.
            if value.bool == nil { warn("required", "it is no list of names") }
            return
        }
        var kept: [JSONValue] = []
        var seen = hidden
        for name in names {
            if let text = name.string, seen.insert(text).inserted { kept.append(name) }
        }
        result.nodes += kept.count
        if !kept.isEmpty { draft.add("required", .array(kept)) }
    }

    static func strings(_ value: JSONValue) -> [String]? {
        guard let array = value.array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    // MARK: - Read-only and write-only members

    /// Properties of this object, and of the branches of its `allOf`, that do not travel in this direction.
    private mutating func hiddenNames(of object: JSONObject) -> [String] {
        let access = library.access(of: object, from: origin.file, depth: 0)
        if access.names.isEmpty { return [] }
        result.dependsOnDirection = true
        return access.names.compactMap { $0.hides(in: direction) ? $0.name : nil }
    }
}

extension JSONValue {
    /// Whether the value could be a schema at all.
    fileprivate var isSchema: Bool {
        switch self {
        case .object, .bool: true
        default: false
        }
    }
}
