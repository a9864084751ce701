import Backends
import Core
package import OpenAPI
import Risk

/// Writes a first configuration for a document: reads on, writes asked, what no agent should hold by default absent.
///
/// Every operation is listed with the bucket that follows from its risk, the scope proposed for it, and why.
/// - Parameter documentPath: the document's path as the configuration will name it.
package func initialConfiguration(for imported: OpenAPIImport, documentPath: String, source: String) -> String {
    let scheme = imported.securitySchemes.first(where: allowsUserCredential)
    let server = imported.servers.first { (try? BaseURL.parse($0)) != nil }
    let isSecurityApplied = imported.operations.contains { !$0.security.isEmpty }
    var lines: [String] = []
    func write(_ text: String) { lines.append(text) }

    write("# Sallyport's configuration for \(comment(imported.title.isEmpty ? documentPath : imported.title)).")
    write("# 'sallyport check' tells what is wrong with it; nothing here is ever guessed at run time.")
    write("version: 1")
    write("")
    write("# Where agents connect, and the URI that their tokens must name as audience.")
    write("listen: 127.0.0.1:8080")
    write("resource: http://127.0.0.1:8080/mcp")
    write("# Database, keys and the administration socket.")
    write("data: sallyport-data")
    write("")
    write("# Who vouches for users and agents. 'local' accepts what 'sallyport token' issues.")
    write("issuers:")
    write("  - local: true")
    write("  # - issuer: https://idp.example")
    write("  #   jwks: https://idp.example/.well-known/jwks.json")
    write("  #   claims: { tenant: tenant, roles: roles, agent: azp }")
    write("")
    write("# Roles of the people who decide what waits for approval; 'sallyport users add NAME' gives them a password.")
    write("people: {}")
    write("  # robin: { roles: [approver] }")
    write("")
    write("sources:")
    write("  \(source):")
    write("    openapi: \(quoted(documentPath))")
    write(
        "    url: \(quoted(server ?? "https://api.example.com"))"
            + (server == nil ? "  # the document names no usable server: put yours here" : ""))
    write("    # Private and loopback addresses are refused unless they are named:")
    write("    # allow-addresses: [10.0.0.0/8]")
    if let scheme {
        write("    # Each user's own credential, put in with 'sallyport vault put \(source) --user NAME'.")
        write("    credential: { secret: \(source), as: \(placement(scheme)), per: user }")
    } else {
        write("    # No security scheme of the document allows a user's own credential.")
        write("    # credential: { secret: \(source), as: bearer, per: source }")
    }
    write(
        "    # bucket  read: runs when policy allows; write: policy decides whether a human is asked; never: no tool.")
    write("    # scope   user-credential | { bound: { argument: tenant } } | { service-wide: \"reason\" } | undeclared")
    write("    #         A tool without a scope is not listed and not callable.")
    if imported.operations.isEmpty {
        write("    tools: {}")
    } else {
        write("    tools:")
        for draft in imported.operations {
            let risk = classify(RiskSubject(draft))
            let bucket = risk.suggestedBucket
            let scope = proposeScope(
                draft, schemes: imported.securitySchemes, isSecurityApplied: isSecurityApplied)
            write("      # \(comment("\(draft.method) \(draft.path): \(risk.evidence.joined(separator: "; "))"))")
            write("      \(draft.name): { bucket: \(bucket.rawValue), scope: \(written(scope)) }")
        }
    }
    write("")
    write("# The strictest rule that applies wins: deny, then ask, then allow. No rule is deny.")
    write("policy:")
    write("  rules:")
    write("    - id: reads")
    write("      effect: allow")
    write("      buckets: [read]")
    write("    - id: writes")
    write("      effect: ask")
    write("      buckets: [write]")
    write("      approvers: [approver]")
    return lines.joined(separator: "\n") + "\n"
}

private func placement(_ scheme: SecurityScheme) -> String {
    switch scheme.kind {
    case .http("basic"): "basic"
    case .apiKey(let name, .header): "{ header: \(quoted(name)) }"
    case .apiKey(let name, .query): "{ query: \(quoted(name)) }"
    default: "bearer"
    }
}

private func written(_ scope: Scope) -> String {
    switch scope.kind {
    case .bound:
        let pairs = scope.bindings.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value.rawValue)" }
        return "{ bound: { \(pairs.joined(separator: ", ")) } }"
    case .userCredential: return "user-credential"
    case .serviceWide(let reason): return "{ service-wide: \(quoted(reason)) }"
    case .undeclared: return "undeclared"
    }
}

/// Text for a comment: one line, also to a reader that knows more line ends than one, and bounded.
private func comment(_ text: String) -> String {
    String(String.UnicodeScalarView(text.boundedText.unicodeScalars.map { isPlain($0) ? $0 : " " }))
}

/// A YAML double-quoted scalar (YAML 1.2 §7.3.1), which takes any text.
func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case _ where !isPlain(scalar):
            let hex = String(scalar.value, radix: 16)
            let width = scalar.value > 0xFFFF ? 8 : 4
            quoted += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - hex.utf8.count) + hex
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// Whether a YAML reader neither refuses a character nor takes it for the end of a line, and a person sees it.
private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isPrintable && scalar.value != 0xFFFE && scalar.value != 0xFFFF
}
