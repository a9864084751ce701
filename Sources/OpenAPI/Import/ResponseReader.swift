import JSON

/// What an operation gives back when it succeeds.
struct ReadResponse {
    /// One schema for each way to succeed that declares JSON, none twice.
    var schemas: [ConvertedSchema] = []
    var mediaTypes: [String] = []
    /// What could not be read; the result is then undeclared.
    var problem: OperationProblem?
}

/// Reads the responses of success: all of 2xx, or `default` where no 2xx is declared.
final class ResponseReader {
    private let documents: DocumentSet
    private let library: SchemaLibrary
    private var known: [Site: (response: ReadResponse, used: [Site])] = [:]

    init(documents: DocumentSet, library: SchemaLibrary) {
        self.documents = documents
        self.library = library
    }

    func read(_ operation: Located, produces: [String], used: inout [Site]) -> ReadResponse {
        var result = ReadResponse()
        guard let declared = operation["responses"] else { return result }
        do throws(OperationProblem) {
            let responses = try documents.required(declared, used: &used)
            for key in Self.successes(responses.value.object ?? [:]) {
                guard let entry = responses[key] else { continue }
                let response = try documents.required(entry, used: &used)
                let read = try self.read(response, produces, used: &used)
                for schema in read.schemas where !result.schemas.contains(where: { $0.value == schema.value }) {
                    result.schemas.append(schema)
                }
                for type in read.mediaTypes where !result.mediaTypes.contains(type) { result.mediaTypes.append(type) }
            }
        } catch {
            result.schemas = []
            result.problem = error
        }
        return result
    }

    private static func successes(_ responses: JSONObject) -> [String] {
        let codes = responses.keys.filter { key in
            let key = Array(key.utf8)
            return key.count == 3 && key[0] == 0x32
        }
        if !codes.isEmpty { return codes.sorted() }
        let hasOther = responses.keys.contains { $0.utf8.first == 0x33 || $0.utf8.first == 0x31 }
        return responses.contains("default") && !hasOther ? ["default"] : []
    }

    private func read(
        _ response: Located, _ produces: [String], used: inout [Site]
    ) throws(OperationProblem) -> ReadResponse {
        if library.version > .v2, let known = known[response.site] {
            used += known.used
            return known.response
        }
        let before = used.count
        var result = ReadResponse()
        if library.version == .v2 {
            guard let schema = response["schema"] else { return result }
            result.mediaTypes = produces.compactMap { MediaType($0)?.text }
            let isJSON = produces.isEmpty || produces.contains { MediaType($0)?.isJSON ?? false }
            if isJSON, schema.value["type"]?.string != "file" {
                result.schemas = [SchemaConverter.convert(schema, for: .response, in: library)]
            }
            return result
        }
        guard let declared = response["content"] else { return result }
        let content = try documents.required(declared, used: &used)
        for member in (content.value.object ?? [:]).prefix(50) {
            guard let media = MediaType(member.key) else { continue }
            result.mediaTypes.append(media.text)
            guard media.isJSON, result.schemas.isEmpty else { continue }
            let located = Located(value: member.value, site: content.site.appending(member.key))
            guard let schema = try documents.required(located, used: &used)["schema"] else { continue }
            result.schemas = [SchemaConverter.convert(schema, for: .response, in: library)]
        }
        known[response.site] = (result, Array(used[before...]))
        return result
    }
}
