import Documents
import JSON

/// A parameter as declared, in terms that no longer differ between versions.
struct ReadParameter {
    /// Where Swagger 2.0 and OpenAPI 3 put parameters.
    enum Place: Hashable {
        case path, query, header, cookie, body, form

        var location: Parameter.Location {
            switch self {
            case .path: .path
            case .query: .query
            case .header: .header
            case .cookie: .cookie
            case .body, .form: .body
            }
        }
    }

    let name: String
    let place: Place
    let isRequired: Bool
    let description: String
    let schema: ConvertedSchema
    let style: ParameterStyle
    let isFile: Bool
    /// The parameter object.
    let located: Located

    func isSame(as other: ReadParameter) -> Bool {
        guard place == other.place else { return false }
        if place == .body { return true }
        return place == .header
            ? name.lowercased().hasSameBytes(as: other.name.lowercased()) : name.hasSameBytes(as: other.name)
    }
}

/// Reads parameters; a shared one is read once.
final class ParameterReader {
    private let documents: DocumentSet
    private let library: SchemaLibrary
    private let ledger: DiagnosticLedger
    private let version: SpecificationVersion
    private var known: [Site: Result<ReadParameter, OperationProblem>] = [:]

    init(documents: DocumentSet, library: SchemaLibrary, ledger: DiagnosticLedger) {
        self.documents = documents
        self.library = library
        self.ledger = ledger
        version = library.version
    }

    /// The parameters of a list, references followed.
    ///
    /// - Throws: when one cannot be represented, or two of the same name and place differ.
    func read(_ list: Located?, used: inout [Site]) throws(OperationProblem) -> [ReadParameter] {
        guard let list else { return [] }
        let located = try documents.required(list, used: &used)
        if located.value.isNull { return [] }
        guard let array = located.value.array else {
            throw OperationProblem(code: "parameters", message: "its parameters are no list", site: located.site)
        }
        guard array.count <= library.limits.parameters else {
            throw OperationProblem(code: "parameters", message: "it has too many parameters", site: located.site)
        }
        var result: [ReadParameter] = []
        for (index, element) in array.enumerated() {
            let site = located.site.appending(index)
            let parameter = try read(try documents.required(Located(value: element, site: site), used: &used))
            if let earlier = result.first(where: { $0.isSame(as: parameter) }) {
                guard earlier.located.value.isEqual(to: parameter.located.value) else {
                    throw OperationProblem(
                        code: "parameter-repeated",
                        message: "the parameter \(CleanText.quoted(parameter.name)) is declared twice and differently",
                        hint: "Keep one of the two.", site: site)
                }
                ledger.report(
                    .warning, code: "parameter-repeated",
                    "the parameter \(CleanText.quoted(parameter.name)) is listed twice", at: site)
                continue
            }
            result.append(parameter)
        }
        return result
    }

    private func read(_ located: Located) throws(OperationProblem) -> ReadParameter {
        if let known = known[located.site] { return try known.get() }
        let result: Result<ReadParameter, OperationProblem>
        do throws(OperationProblem) {
            result = .success(try parse(located))
        } catch {
            result = .failure(error)
        }
        known[located.site] = result
        return try result.get()
    }

    private func parse(_ located: Located) throws(OperationProblem) -> ReadParameter {
        guard let object = located.value.object else {
            throw OperationProblem(code: "parameter", message: "a parameter is no object", site: located.site)
        }
        guard let place = place(object["in"]?.string) else {
            throw OperationProblem(
                code: "parameter-place", message: "a parameter says in no known way where it goes",
                hint: "Set \"in\" to path, query, header or cookie.", site: located.site)
        }
        guard let name = object["name"]?.string, !name.isEmpty || place == .body else {
            throw OperationProblem(code: "parameter", message: "a parameter has no name", site: located.site)
        }
        if place == .header || place == .cookie, !FieldName.isToken(name) {
            throw OperationProblem(
                code: "parameter-name", message: "\(CleanText.quoted(name)) cannot be the name of a header or cookie",
                site: located.site)
        }
        guard !name.utf8.contains(0) else {
            throw OperationProblem(
                code: "parameter-name", message: "a parameter's name contains U+0000", site: located.site)
        }
        var description = ""
        if let text = documents.text(located["description"]) {
            description = CleanText.block(text, limit: library.limits.schemaDescription)
        }
        let isFile = object["type"]?.string == "file"
        var style = try style(object, place, located.site)
        var schema = try schema(located, object, place, &style)
        if style.explode, place != .body { style.members = library.declaredMembers(schema.value) }
        annotate(&schema.value, object, description)
        return ReadParameter(
            name: name, place: place, isRequired: place == .path || object["required"]?.bool == true,
            description: description, schema: schema, style: style, isFile: isFile, located: located)
    }

    private func place(_ text: String?) -> ReadParameter.Place? {
        switch text {
        case "path": .path
        case "query": .query
        case "header": .header
        case "cookie" where version > .v2: .cookie
        case "body" where version == .v2: .body
        case "formData" where version == .v2: .form
        default: nil
        }
    }

    // MARK: - Schema

    private func schema(
        _ located: Located, _ object: JSONObject, _ place: ReadParameter.Place, _ style: inout ParameterStyle
    ) throws(OperationProblem) -> ConvertedSchema {
        if place == .body { return .anything }
        if version == .v2 {
            let members = object.filter { Self.itemsKeywords.contains($0.key) }
            return SchemaConverter.convert(
                Located(value: .object(JSONObject(members: Array(members))), site: located.site), for: .request,
                in: library)
        }
        if let schema = located["schema"] { return SchemaConverter.convert(schema, for: .request, in: library) }
        guard let content = located["content"], let first = content.value.object?.first else {
            ledger.report(
                .warning, code: "parameter-schema", "the parameter declares no schema and accepts everything",
                at: located.site)
            return .anything
        }
        guard let media = MediaType(first.key), media.isJSON || media.isText else {
            throw OperationProblem(
                code: "media-type-unsupported",
                message:
                    "a parameter is written as \(CleanText.quoted(first.key)), which cannot be built from arguments",
                site: content.site)
        }
        if media.isJSON { style = ParameterStyle(form: .json, explode: false) }
        guard let schema = content[first.key]?["schema"] else { return .anything }
        return SchemaConverter.convert(schema, for: .request, in: library)
    }

    /// Swagger 2.0 writes the schema of a parameter into the parameter itself.
    private static let itemsKeywords: Set<String> = [
        "type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
        "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable",
    ]

    private func annotate(_ schema: inout JSONValue, _ object: JSONObject, _ description: String) {
        guard var annotated = schema.object else { return }
        if !description.isEmpty { annotated["description"] = .string(description) }
        if object["deprecated"]?.bool == true { annotated["deprecated"] = true }
        if annotated["examples"] == nil, let example = example(object) { annotated["examples"] = [example] }
        schema = .object(annotated)
    }

    private func example(_ object: JSONObject) -> JSONValue? {
        if let example = object["example"] { return Example.kept(example) }
        return object["examples"]?.object?.first?.value["value"].flatMap(Example.kept)
    }

    // MARK: - Style

    private func style(
        _ object: JSONObject, _ place: ReadParameter.Place, _ site: Site
    ) throws(OperationProblem) -> ParameterStyle {
        version == .v2 ? styleV2(object, place, site) : styleV3(object, place, site)
    }

    private func styleV2(_ object: JSONObject, _ place: ReadParameter.Place, _ site: Site) -> ParameterStyle {
        let isSpread = place == .query || place == .form
        var style = ParameterStyle(form: isSpread ? .form : .simple, explode: false)
        switch object["collectionFormat"]?.string {
        case nil, "csv": break
        case "multi" where isSpread: style.explode = true
        case "ssv" where isSpread: style.form = .spaceDelimited
        case "tsv" where isSpread: style.form = .tabDelimited
        case "pipes" where isSpread: style.form = .pipeDelimited
        default:
            ledger.report(
                .warning, code: "parameter-style",
                "the collection format is not possible here; elements are separated by commas", at: site)
        }
        style.allowsEmpty = object["allowEmptyValue"]?.bool == true
        return style
    }

    private func styleV3(_ object: JSONObject, _ place: ReadParameter.Place, _ site: Site) -> ParameterStyle {
        let isSpread = place == .query || place == .cookie
        var style = ParameterStyle(form: isSpread ? .form : .simple, explode: isSpread)
        let written = object["style"]?.string
        if let form = written.flatMap({ ParameterStyle.Form(written: $0, in: place) }) {
            style.form = form
        } else if written != nil {
            ledger.report(
                .warning, code: "parameter-style",
                "the style is not possible here; the usual one is taken", at: site.appending("style"))
        }
        // OpenAPI 3.1.1 §4.8.12.2.2: `explode` is true by default for `form` only.
        style.explode = object["explode"]?.bool ?? (style.form == .form)
        style.allowsReserved = object["allowReserved"]?.bool == true
        style.allowsEmpty = object["allowEmptyValue"]?.bool == true
        return style
    }
}

extension ParameterStyle.Form {
    /// - Returns: nil when OpenAPI does not know the style for this place.
    init?(written: String, in place: ReadParameter.Place) {
        switch (written, place) {
        case ("simple", .path), ("simple", .header): self = .simple
        case ("label", .path): self = .label
        case ("matrix", .path): self = .matrix
        case ("form", .query), ("form", .cookie), ("form", .form): self = .form
        case ("spaceDelimited", .query), ("spaceDelimited", .form): self = .spaceDelimited
        case ("pipeDelimited", .query), ("pipeDelimited", .form): self = .pipeDelimited
        case ("deepObject", .query), ("deepObject", .form): self = .deepObject
        default: return nil
        }
    }
}
