/// A way to authenticate that the document declares; credentials for it come from the vault, never from arguments.
package struct SecurityScheme: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case apiKey(name: String, location: Parameter.Location)
        /// RFC 9110 authentication with this scheme, in lower case, such as `basic` or `bearer`.
        case http(scheme: String)
        /// Scopes of all flows with what the document says of them.
        case oauth2(flows: [Flow])
        case openIDConnect(url: String)
        case mutualTLS
        case unknown(String)
    }

    package struct Flow: Sendable, Hashable {
        package let name: String
        package let authorizationURL: String?
        package let tokenURL: String?
        package let scopes: [Scope]
    }

    package struct Scope: Sendable, Hashable {
        package let name: String
        package let description: String
    }

    package let name: String
    package let kind: Kind
    package let description: String
}

/// Schemes that must all be met together; none means that no authentication is needed.
package struct SecurityRequirement: Sendable, Hashable {
    package struct Part: Sendable, Hashable {
        package let scheme: String
        package let scopes: [String]
    }

    package let parts: [Part]
}
