package import Engine
package import JSON

/// What clients are told about us as an OAuth protected resource (RFC 9728), and how they are challenged (RFC 6750 §3).
package struct ProtectedResource: Sendable, Hashable {
    /// Our resource URI, which tokens have to name as their audience.
    package let resource: String
    package let authorizationServers: [String]
    /// The least scopes that make sense to ask for; not the whole catalogue.
    package let scopes: [String]
    package let name: String?
    /// Where the metadata is served: the well-known name between host and path (RFC 9728 §3.1).
    package let metadataURL: String
    /// The paths under which the metadata is found: the one of ``metadataURL`` and the one at the root.
    package let metadataPaths: [String]

    private static let wellKnown = "/.well-known/oauth-protected-resource"

    /// - Returns: nil when the resource is no `https` or `http` URI without query and fragment, or a scope holds what
    ///   scopes may not (RFC 6749 §3.3).
    package init?(resource: String, authorizationServers: [String], scopes: [String] = [], name: String? = nil) {
        guard
            resource.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"\\#?<>".utf8.contains($0) }),
            scopes.allSatisfy(Self.isScope)
        else { return nil }
        guard let scheme = ["https://", "http://"].first(where: { resource.hasPrefix($0) }) else { return nil }
        let rest = resource.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty else { return nil }
        let path = rest.dropFirst(authority.count)
        self.resource = resource
        self.authorizationServers = authorizationServers
        self.scopes = scopes
        self.name = name
        let suffix = path == "/" ? "" : String(path)
        metadataURL = scheme + authority + Self.wellKnown + suffix
        metadataPaths = suffix.isEmpty ? [Self.wellKnown] : [Self.wellKnown + suffix, Self.wellKnown]
    }

    /// The metadata document (RFC 9728 §2).
    package var metadata: JSONValue {
        var document: JSONObject = ["resource": .string(resource)]
        if !authorizationServers.isEmpty {
            document["authorization_servers"] = .array(authorizationServers.map { .string($0) })
        }
        document["bearer_methods_supported"] = ["header"]
        if !scopes.isEmpty { document["scopes_supported"] = .array(scopes.map { .string($0) }) }
        if let name { document["resource_name"] = .string(name) }
        return .object(document)
    }

    /// An HTTP status with its `WWW-Authenticate`.
    package struct Challenge: Sendable, Hashable {
        package let status: Int
        /// The value of `WWW-Authenticate`; nil where the client's credentials are not what is missing.
        package let header: String?
    }

    /// For a request without credentials: no error code (RFC 6750 §3.1).
    package var missingToken: Challenge {
        Challenge(status: 401, header: header([]))
    }

    /// For a request whose credentials cannot be read.
    package var malformedRequest: Challenge {
        Challenge(
            status: 400,
            header: header([
                ("error", "invalid_request"), ("error_description", "The Authorization header is malformed"),
            ]))
    }

    /// For a token that proves nothing, not enough, or nothing at the moment.
    package func challenge(for fault: AuthenticationFault) -> Challenge {
        switch fault.code {
        case .invalidToken:
            Challenge(
                status: 401,
                header: header([
                    ("error", "invalid_token"),
                    ("error_description", "The access token is not valid for this resource"),
                ]))
        case .insufficientScope: insufficientScope(scopes)
        case .unavailable: Challenge(status: 503, header: nil)
        }
    }

    /// For an operation that needs scopes the token does not carry.
    ///
    /// - Parameter scopes: all that this operation needs, in one go. Those that are no scopes are left out.
    package func insufficientScope(_ scopes: [String]) -> Challenge {
        Challenge(
            status: 403,
            header: header(
                [("error", "insufficient_scope"), ("error_description", "The access token lacks a scope")],
                scopes: scopes.filter(Self.isScope)))
    }

    private func header(_ parameters: [(name: String, value: String)], scopes: [String]? = nil) -> String {
        var parameters = parameters
        let scopes = scopes ?? self.scopes
        if !scopes.isEmpty { parameters.append(("scope", scopes.joined(separator: " "))) }
        parameters.append(("resource_metadata", metadataURL))
        return "Bearer " + parameters.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ")
    }

    /// A scope-token (RFC 6749 §3.3), which can be quoted as it is.
    private static func isScope(_ scope: String) -> Bool {
        !scope.isEmpty && scope.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}
