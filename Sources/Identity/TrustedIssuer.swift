import HTTP

/// Who may vouch for users and agents, and how what it says is read.
package struct TrustedIssuer: Sendable {
    /// Where an issuer's public keys come from.
    package enum Keys: Sendable {
        /// A JSON Web Key Set on disk, read again when it changes.
        case jwksFile(String)
        /// A JSON Web Key Set at an `https` address, kept for at most this long.
        case jwksURL(String, cacheSeconds: Int)
        case local(VerificationKey)
    }

    /// In which claims an issuer says what. A name stands for the member of exactly this name or, where there is
    /// none, for a path with dots such as `realm_access.roles`.
    package struct ClaimNames: Sendable, Hashable {
        package var tenant: String
        package var roles: String
        /// The first that is there counts.
        package var agent: [String]

        package init(
            tenant: String = "tenant", roles: String = "roles", agent: [String] = ["azp", "client_id"]
        ) {
            self.tenant = tenant
            self.roles = roles
            self.agent = agent
        }
    }

    /// The `iss` of its tokens, byte for byte.
    package var issuer: String
    /// Our resource URI, which `aud` has to be or to hold, byte for byte.
    package var audience: String
    package var keys: Keys
    package var algorithms: Set<SignatureAlgorithm>
    package var claims: ClaimNames
    package var requiredScopes: Set<String>
    /// By how much clocks may differ.
    package var leewaySeconds: Int
    /// Whether tokens may carry `jku`, `jwk`, `x5u` or `x5c`, as some issuers write them. They are never followed.
    package var ignoresKeyReferences: Bool

    package init(
        issuer: String, audience: String, keys: Keys, algorithms: Set<SignatureAlgorithm> = [.es256, .rs256, .edDSA],
        claims: ClaimNames = ClaimNames(), requiredScopes: Set<String> = [], leewaySeconds: Int = 60,
        ignoresKeyReferences: Bool = false
    ) {
        self.issuer = issuer
        self.audience = audience
        self.keys = keys
        self.algorithms = algorithms
        self.claims = claims
        self.requiredScopes = requiredScopes
        self.leewaySeconds = leewaySeconds
        self.ignoresKeyReferences = ignoresKeyReferences
    }

    /// What is wrong with the configuration, in sentences.
    package func problems(allowsLoopbackHTTP: Bool = false) -> [String] {
        var problems: [String] = []
        if issuer.isEmpty { problems.append("an issuer needs its exact name") }
        if audience.isEmpty { problems.append("issuer \(issuer) needs an audience: our resource URI") }
        if algorithms.isEmpty { problems.append("issuer \(issuer) is trusted with no algorithm") }
        if claims.agent.isEmpty { problems.append("issuer \(issuer) needs a claim that names the agent") }
        if !(0...300).contains(leewaySeconds) {
            problems.append("the leeway of \(issuer) is not within 0 to 300 seconds")
        }
        if case .jwksURL(let url, let seconds) = keys {
            if WebAddress(url, allowsLoopbackHTTP: allowsLoopbackHTTP) == nil {
                problems.append("the keys of \(issuer) need an https address, not \(url)")
            }
            if !(60...86_400).contains(seconds) {
                problems.append("the keys of \(issuer) are kept for 60 to 86400 seconds, not \(seconds)")
            }
        }
        return problems
    }
}
