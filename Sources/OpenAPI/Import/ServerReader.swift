import JSON

/// Base URLs (OpenAPI 3 `servers`, Swagger 2.0 `schemes`, `host`, `basePath`).
enum ServerReader {
    static func read(_ document: JSONValue, version: SpecificationVersion) -> [String] {
        version == .v2 ? readV2(document) : read(document["servers"])
    }

    static func read(_ servers: JSONValue?) -> [String] {
        var urls: [String] = []
        for server in (servers?.array ?? []).prefix(100) {
            guard let url = server["url"]?.string, !url.isEmpty else { continue }
            let text = CleanText.line(substituted(url, server["variables"]?.object ?? [:]), limit: 2_000)
            if !urls.contains(text) { urls.append(text) }
        }
        return urls
    }

    private static func readV2(_ document: JSONValue) -> [String] {
        guard let host = document["host"]?.string, !host.isEmpty else {
            return document["basePath"]?.string.map { [CleanText.line($0, limit: 2_000)] } ?? []
        }
        let schemes = (document["schemes"]?.array ?? []).compactMap(\.string).filter { $0 == "https" || $0 == "http" }
        return (schemes.isEmpty ? ["https"] : schemes).sorted(by: >).map {
            CleanText.line("\($0)://\(host)\(document["basePath"]?.string ?? "")", limit: 2_000)
        }
    }

    private static func substituted(_ url: String, _ variables: JSONObject) -> String {
        var result = ""
        var rest = url[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            switch variables[name]?["default"] {
            case .string(let value): result += value
            case .number(let number): result += number.text
            default: result += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
