import Documents
import JSON

/// A request body as declared, in terms that no longer differ between versions.
struct ReadBody {
    let encoding: BodyTemplate.Encoding
    let contentType: String
    /// Nil when the document does not say.
    let isRequired: Bool?
    /// The whole body as one argument.
    var schema: ConvertedSchema
    /// Its members, where it is an object that says no more.
    var members: PlainObject?
    var parts: [FormPart] = []
    let site: Site
}

/// Reads `requestBody`, or the body and form parameters of Swagger 2.0.
struct BodyReader {
    let documents: DocumentSet
    let library: SchemaLibrary
    let ledger: DiagnosticLedger

    func read(
        _ operation: Located, parameters: [ReadParameter], consumes: [String], used: inout [Site]
    ) throws(OperationProblem) -> ReadBody? {
        library.version == .v2
            ? try readV2(parameters, consumes, operation.site) : try readV3(operation["requestBody"], used: &used)
    }

    // MARK: - OpenAPI 3

    private func readV3(_ located: Located?, used: inout [Site]) throws(OperationProblem) -> ReadBody? {
        guard let located else { return nil }
        let body = try documents.required(located, used: &used)
        if body.value.isNull { return nil }
        guard body.value.object != nil else {
            throw OperationProblem(code: "request-body", message: "its request body is no object", site: body.site)
        }
        guard let declared = body["content"] else { return nil }
        let content = try documents.required(declared, used: &used)
        guard let types = content.value.object, !types.isEmpty else { return nil }
        guard let (index, encoding, contentType) = Self.choose(Array(types.keys), { isBinary(content, $0) }) else {
            let list = types.keys.prefix(4).map(CleanText.quoted).joined(separator: ", ")
            throw OperationProblem(
                code: "media-type-unsupported", message: "its body is \(list), which cannot be built from arguments",
                site: content.site)
        }
        let entry = types[index]
        let media = try documents.required(
            Located(value: entry.value, site: content.site.appending(entry.key)), used: &used)
        var schema = ConvertedSchema.anything
        if let located = media["schema"] { schema = SchemaConverter.convert(located, for: .request, in: library) }
        if let text = documents.text(body["description"]), !text.isEmpty, var object = schema.value.object {
            object["description"] = .string(CleanText.block(text, limit: library.limits.schemaDescription))
            schema.value = .object(object)
        }
        var read = ReadBody(
            encoding: encoding, contentType: contentType, isRequired: body.value["required"]?.bool, schema: schema,
            members: nil, site: body.site)
        complete(&read, encodings: media.value["encoding"]?.object ?? [:])
        return read
    }

    /// Whether a media type that nobody can write is declared as plain bytes.
    private func isBinary(_ content: Located, _ type: String) -> Bool {
        isBinary(content[type]?["schema"])
    }

    private func isBinary(_ schema: Located?) -> Bool {
        guard let schema, let located = try? documents.follow(schema) else { return false }
        return located.value["type"]?.string == "string" && located.value["format"]?.string == "binary"
    }

    /// The media type that is easiest to build without loss: JSON, forms, text, bytes.
    static func choose(
        _ types: [String], _ isBinary: (String) -> Bool
    ) -> (index: Int, encoding: BodyTemplate.Encoding, contentType: String)? {
        let medias = types.map { MediaType($0) }
        func first(_ matches: (MediaType) -> Bool) -> (Int, MediaType)? {
            for (index, media) in medias.enumerated() { if let media, matches(media) { return (index, media) } }
            return nil
        }
        if let (index, media) = first({ $0.essence == "application/json" }) ?? first(\.isJSON) {
            return (index, .json, media.isRange ? "application/json" : media.text)
        }
        if let (index, _) = first({ $0.essence == "application/x-www-form-urlencoded" }) {
            return (index, .form, "application/x-www-form-urlencoded")
        }
        if let (index, _) = first({ $0.essence == "multipart/form-data" }) {
            return (index, .multipart, "multipart/form-data")
        }
        if let (index, media) = first(\.isText) { return (index, .text, media.isRange ? "text/plain" : media.text) }
        if let (index, media) = first({ $0.essence == "application/octet-stream" }) {
            return (index, .bytes, media.text)
        }
        for (index, media) in medias.enumerated() {
            if let media, isBinary(types[index]) {
                return (index, .bytes, media.isRange ? "application/octet-stream" : media.text)
            }
        }
        return nil
    }

    /// Settles what depends on the encoding.
    private func complete(_ body: inout ReadBody, encodings: JSONObject) {
        switch body.encoding {
        case .json: body.members = library.plainObject(body.schema, for: .request)
        case .text: body.schema = Self.text(body.schema, isBytes: false)
        case .bytes: body.schema = Self.text(body.schema, isBytes: true)
        case .form, .multipart:
            guard var members = library.plainObject(body.schema, for: .request) else { return }
            withoutMethodOverride(&members, body.site)
            for index in members.properties.indices {
                let part = part(&members.properties[index], encodings, body.encoding)
                if let part { body.parts.append(part) }
            }
            body.members = members
        }
    }

    private func withoutMethodOverride(_ members: inout PlainObject, _ site: Site) {
        guard let index = members.index(OperationReader.methodOverride) else { return }
        members.properties.remove(at: index)
        members.required.removeAll { $0 == OperationReader.methodOverride }
        ledger.report(.warning, code: "method-override", "an argument cannot change the method", at: site)
    }

    private static func text(_ schema: ConvertedSchema, isBytes: Bool) -> ConvertedSchema {
        var text: JSONObject = ["type": "string"]
        if isBytes { text["contentEncoding"] = "base64" }
        if let description = schema.value["description"] { text["description"] = description }
        return ConvertedSchema(value: .object(text))
    }

    /// - Returns: nil when nothing but the schema is known of the property.
    private func part(
        _ property: inout JSONObject.Member, _ encodings: JSONObject,
        _ encoding: BodyTemplate.Encoding
    ) -> FormPart? {
        let declared = encodings[property.key]
        var part = FormPart(property: property.key)
        let first = declared?["contentType"]?.string?.split(separator: ",").first.map(String.init)
        let media = first.flatMap { MediaType($0) }
        if encoding == .multipart {
            if let media, !media.isRange { part.contentType = media.text }
            if media?.isJSON == true && media?.isRange == false { part.content = .json }
            let isOpaque = media.map { !$0.isJSON && !$0.isText } ?? false
            if binary(&property.value, isOpaque: isOpaque) { part.content = .bytes }
        } else {
            part.style = formStyle(declared, property.value)
            if part.style == nil, media?.isJSON == true { part.content = .json }
        }
        let isKnown = part.content != .automatic || part.contentType != nil || part.style != nil
        return isKnown ? part : nil
    }

    /// OpenAPI 3.1.1 §4.8.15.1.2: the style of a property counts where one of its three keywords is written.
    private func formStyle(_ declared: JSONValue?, _ schema: JSONValue) -> ParameterStyle? {
        guard let declared else { return nil }
        let written = declared["style"]?.string
        guard written != nil || declared["explode"] != nil || declared["allowReserved"] != nil else { return nil }
        let form = written.flatMap { ParameterStyle.Form(written: $0, in: .form) } ?? .form
        let explode = declared["explode"]?.bool ?? (form == .form)
        return ParameterStyle(form: form, explode: explode, members: library.declaredMembers(schema))
    }

    /// Turns a property that stands for a file into base64.
    private func binary(_ value: inout JSONValue, isOpaque: Bool) -> Bool {
        let schema = library.behindReference(value, for: .request)
        if schema["type"] == "array", let items = schema["items"] {
            var element = items
            guard binary(&element, isOpaque: isOpaque), var array = schema.object else { return false }
            array["items"] = element
            value = .object(array)
            return true
        }
        let isString = schema["type"].map { SchemaDraft.names($0, "string") } ?? (schema.object?.isEmpty ?? false)
        guard isString, schema["enum"] == nil else { return false }
        let format = schema["format"]?.string
        let encoding = schema["contentEncoding"]?.string
        // OpenAPI 3.1 describes a file by its media type alone; text that is base64 already says so.
        let isFile = format == "binary" || format == "file" || schema["contentMediaType"] != nil && encoding == nil
        guard isFile || isOpaque && encoding == nil else { return false }
        var file: JSONObject = ["type": "string", "contentEncoding": "base64"]
        if let media = schema["contentMediaType"] { file["contentMediaType"] = media }
        if let description = value["description"] ?? schema["description"] { file["description"] = description }
        value = .object(file)
        return true
    }

    // MARK: - Swagger 2.0

    private func readV2(
        _ parameters: [ReadParameter], _ consumes: [String], _ site: Site
    ) throws(OperationProblem) -> ReadBody? {
        let fields = parameters.filter { $0.place == .form }
        guard let body = parameters.first(where: { $0.place == .body }) else {
            return fields.isEmpty ? nil : try form(fields, consumes, site)
        }
        guard fields.isEmpty else {
            throw OperationProblem(code: "request-body", message: "it has a body and a form", site: body.located.site)
        }
        let types = consumes.isEmpty ? ["application/json"] : consumes
        let isBinary = isBinary(body.located["schema"])
        guard let (_, encoding, contentType) = Self.choose(types, { _ in isBinary }) else {
            let list = types.prefix(4).map(CleanText.quoted).joined(separator: ", ")
            throw OperationProblem(
                code: "media-type-unsupported", message: "its body is \(list), which cannot be built from arguments",
                site: body.located.site)
        }
        var schema = ConvertedSchema.anything
        if let located = body.located["schema"] {
            schema = SchemaConverter.convert(located, for: .request, in: library)
        }
        if !body.description.isEmpty, var object = schema.value.object {
            object["description"] = .string(body.description)
            schema.value = .object(object)
        }
        var read = ReadBody(
            encoding: encoding, contentType: contentType, isRequired: body.located.value["required"]?.bool,
            schema: schema, members: nil, site: body.located.site)
        complete(&read, encodings: [:])
        return read
    }

    private func form(
        _ fields: [ReadParameter], _ consumes: [String], _ site: Site
    ) throws(OperationProblem) -> ReadBody {
        let hasFile = fields.contains(where: \.isFile)
        let isMultipart =
            hasFile
            || consumes.contains { MediaType($0)?.essence == "multipart/form-data" }
                && !consumes.contains { MediaType($0)?.essence == "application/x-www-form-urlencoded" }
        var members = PlainObject()
        var parts: [FormPart] = []
        for field in fields {
            members.properties.append(JSONObject.Member(key: field.name, value: field.schema.value))
            if field.isRequired { members.require(field.name) }
            members.references += field.schema.references.filter { !members.references.contains($0) }
            members.nodes += field.schema.nodes
            members.problems += field.schema.problems
            var part = FormPart(property: field.name)
            if field.isFile { part.content = .bytes } else if !isMultipart { part.style = field.style }
            parts.append(part)
        }
        withoutMethodOverride(&members, site)
        return ReadBody(
            encoding: isMultipart ? .multipart : .form,
            contentType: isMultipart ? "multipart/form-data" : "application/x-www-form-urlencoded",
            isRequired: !members.required.isEmpty, schema: .anything, members: members, parts: parts, site: site)
    }
}
