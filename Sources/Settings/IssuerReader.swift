import JSON

/// Reads the `issuers` section.
struct IssuerReader {
    let reader: Reader?
    let resource: String
    let files: Files
    let flaw: FileFlaw

    func issuers() -> [IssuerSettings] {
        var issuers: [IssuerSettings] = []
        for element in reader?.elements ?? [] {
            guard let issuer = issuer(element) else { continue }
            if issuers.contains(where: { $0.issuer == issuer.issuer }) {
                element.error("repeated-issuer", "the issuer '\(issuer.issuer)' is given twice")
            }
            issuers.append(issuer)
        }
        if issuers.count > 1, let reader {
            for issuer in issuers where issuer.keys != .local && issuer.tenants == nil {
                reader.problems.warn(
                    "any-tenant", "'\(issuer.issuer)' may speak for every tenant, those of the other issuers too",
                    hint: "Name its 'tenants'.", at: reader.pointer)
            }
        }
        return issuers
    }

    private func issuer(_ reader: Reader) -> IssuerSettings? {
        let keys = [
            "local", "issuer", "jwks", "allow-loopback", "audience", "algorithms", "claims", "scopes", "tenants",
        ]
        guard reader.object(keys: keys) != nil else { return nil }
        let isLocal = reader.child("local")?.bool() ?? false
        if isLocal {
            for key in ["issuer", "jwks", "algorithms", "audience", "claims", "allow-loopback"] {
                reader.child(key)?.error("useless-key", "'\(key)' does not go with 'local: true'")
            }
            return .local(
                audience: resource, scopes: Set(reader.child("scopes")?.strings() ?? []), tenants: tenants(reader))
        }
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        guard let name = reader.required("issuer")?.string(),
            let keys = reader.required("jwks").flatMap({ keySet($0, allowsLoopback: allowsLoopback) })
        else {
            return nil
        }
        let claims = reader.child("claims")
        _ = claims?.object(keys: ["tenant", "roles", "agent"])
        let algorithms = reader.child("algorithms")?.strings()
        let known = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]
        if let algorithms, algorithms.isEmpty || !algorithms.allSatisfy({ known.contains($0) }) {
            reader.child("algorithms")?.error(
                "unknown-algorithm", "this must name one or more known algorithms",
                hint: "Known: \(known.joined(separator: ", ")).")
        }
        return IssuerSettings(
            issuer: name, keys: keys, audience: reader.child("audience")?.string() ?? resource, algorithms: algorithms,
            tenantClaim: claims?.child("tenant")?.string() ?? "tenant",
            rolesClaim: claims?.child("roles")?.string() ?? "roles", agentClaim: claims?.child("agent")?.string(),
            scopes: Set(reader.child("scopes")?.strings() ?? []), tenants: tenants(reader))
    }

    private func tenants(_ reader: Reader) -> Set<String>? {
        reader.child("tenants").map { Set($0.strings() ?? []) }
    }

    private func keySet(_ reader: Reader, allowsLoopback: Bool) -> IssuerSettings.Keys? {
        guard let text = reader.string() else { return nil }
        guard text.contains("://") else {
            let path = files.resolve(text)
            reader.report(flaw(.keySet(path)))
            return .file(path)
        }
        guard text.hasPrefix("https://") || (allowsLoopback && text.hasPrefix("http://")) else {
            reader.error(
                "insecure-url", "keys are fetched over https only", hint: "Plain http takes 'allow-loopback: true'.")
            return nil
        }
        return .url(text, allowsLoopback: allowsLoopback)
    }
}
