import Documents
import JSON

/// Security schemes and what operations require of them.
final class SecurityReader {
    let documents: DocumentSet
    let ledger: DiagnosticLedger
    let version: SpecificationVersion
    /// Said once each.
    private var undeclared: Set<String> = []

    init(documents: DocumentSet, ledger: DiagnosticLedger, version: SpecificationVersion) {
        self.documents = documents
        self.ledger = ledger
        self.version = version
    }

    func schemes() -> [SecurityScheme] {
        let root = Located(value: documents.files[0].document.value, site: .root)
        let located = version == .v2 ? root["securityDefinitions"] : root["components"]?["securitySchemes"]
        guard let located, let object = located.value.object else { return [] }
        var schemes: [SecurityScheme] = []
        for member in object where !member.key.hasPrefix("x-") {
            let site = located.site.appending(member.key)
            guard let scheme = try? documents.follow(Located(value: member.value, site: site)),
                let value = scheme.value.object
            else {
                ledger.report(
                    .warning, code: "security-scheme",
                    "the security scheme \(CleanText.quoted(member.key)) cannot be read", at: site)
                continue
            }
            let description = CleanText.block(value["description"]?.string ?? "", limit: 1_000)
            schemes.append(SecurityScheme(name: member.key, kind: kind(value), description: description))
        }
        return schemes
    }

    private func kind(_ scheme: JSONObject) -> SecurityScheme.Kind {
        let type = scheme["type"]?.string ?? ""
        switch type {
        case "apiKey":
            guard let name = scheme["name"]?.string, let place = scheme["in"]?.string,
                let location = Parameter.Location(rawValue: place), location != .path, location != .body
            else { return .unknown(type) }
            return .apiKey(name: name, location: location)
        case "basic": return .http(scheme: "basic")
        case "http": return .http(scheme: CleanText.line(scheme["scheme"]?.string ?? "", limit: 50).lowercased())
        case "oauth2":
            if version == .v2 {
                return .oauth2(flows: [flow(CleanText.line(scheme["flow"]?.string ?? "", limit: 50), scheme)])
            }
            var flows: [SecurityScheme.Flow] = []
            for member in scheme["flows"]?.object ?? [:] {
                if let object = member.value.object, !member.key.hasPrefix("x-") {
                    flows.append(flow(member.key, object))
                }
            }
            return .oauth2(flows: flows)
        case "openIdConnect":
            return .openIDConnect(url: CleanText.line(scheme["openIdConnectUrl"]?.string ?? "", limit: 2_000))
        case "mutualTLS": return .mutualTLS
        default: return .unknown(CleanText.line(type, limit: 50))
        }
    }

    private func flow(_ name: String, _ object: JSONObject) -> SecurityScheme.Flow {
        let scopes = (object["scopes"]?.object ?? [:]).filter { !$0.key.hasPrefix("x-") }
        return SecurityScheme.Flow(
            name: name,
            authorizationURL: object["authorizationUrl"]?.string.map { CleanText.line($0, limit: 2_000) },
            tokenURL: object["tokenUrl"]?.string.map { CleanText.line($0, limit: 2_000) },
            scopes: scopes.map {
                SecurityScheme.Scope(name: $0.key, description: CleanText.line($0.value.string ?? "", limit: 300))
            })
    }

    /// - Returns: nil when nothing usable is declared there, so that what encloses it decides.
    func requirements(_ located: Located?, schemes: [SecurityScheme]) -> [SecurityRequirement]? {
        guard let located, let alternatives = located.value.array else { return nil }
        var requirements: [SecurityRequirement] = []
        for (index, alternative) in alternatives.enumerated() {
            guard let object = alternative.object else { continue }
            var parts: [SecurityRequirement.Part] = []
            for member in object {
                if !schemes.contains(where: { $0.name.hasSameBytes(as: member.key) }),
                    undeclared.insert(member.key).inserted
                {
                    ledger.report(
                        .warning, code: "security-undeclared",
                        "the security scheme \(CleanText.quoted(member.key)) is required and not declared",
                        at: located.site.appending(index).appending(member.key))
                }
                let scopes = (member.value.array ?? []).compactMap(\.string)
                parts.append(SecurityRequirement.Part(scheme: member.key, scopes: scopes))
            }
            requirements.append(SecurityRequirement(parts: parts))
        }
        return requirements
    }
}
