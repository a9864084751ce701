import Core
import Engine
import Identity
import Logging
import Settings

/// The authenticator for the configured issuers. Local users count only while they are active.
func makeAuthenticator(
    _ configuration: Configuration, _ house: House, _ logger: Logger
) throws -> TokenAuthenticator {
    var allowsLoopback = false
    let issuers = configuration.issuers.map { settings in
        var issuer: TrustedIssuer
        switch settings.keys {
        case .local:
            issuer = house.issuer.trusted(audience: settings.audience)
        case .file(let path):
            issuer = TrustedIssuer(issuer: settings.issuer, audience: settings.audience, keys: .jwksFile(path))
        case .url(let url, let isLoopback):
            allowsLoopback = allowsLoopback || isLoopback
            issuer = TrustedIssuer(
                issuer: settings.issuer, audience: settings.audience, keys: .jwksURL(url, cacheSeconds: 600))
        }
        if let algorithms = settings.algorithms {
            issuer.algorithms = Set(algorithms.compactMap { SignatureAlgorithm(rawValue: $0) })
        }
        issuer.claims.tenant = settings.tenantClaim
        issuer.claims.roles = settings.rolesClaim
        if let agent = settings.agentClaim { issuer.claims.agent = [agent] }
        issuer.requiredScopes = settings.scopes
        return issuer
    }
    let local = house.issuer.issuer
    let users = house.users
    let tenants = Dictionary(
        configuration.issuers.compactMap { issuer in
            issuer.tenants.map { (issuer.keys == .local ? local : issuer.issuer, $0) }
        }
    ) { first, _ in first }
    let fetcher = KeyFetcher(
        allowsLoopbackHTTP: allowsLoopback, judge: judgeAddress(allowsLoopback: allowsLoopback))
    do throws(IssuerProblems) {
        return try TokenAuthenticator(issuers: issuers, fetcher: fetcher, logger: logger) { token in
            if let own = tenants[token.principal.issuer] {
                guard let tenant = token.principal.tenant, own.contains(tenant) else { return false }
            }
            guard token.principal.issuer == local else { return true }
            return try await users.isActive(token.principal.user)
        }
    } catch {
        throw CommandError("the issuers cannot be trusted as configured: \(error.sentences.joined(separator: "; "))")
    }
}
