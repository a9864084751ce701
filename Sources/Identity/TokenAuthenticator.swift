package import Core
package import Engine
import JSON
package import Logging

/// Verifies JSON Web Tokens of configured issuers as an OAuth 2.1 resource server does (RFC 9068, RFC 8725).
///
/// A token that was verified is remembered until it expires, its issuer's keys are due to be looked at again, or
/// ``flush()`` is called.
package final class TokenAuthenticator: Authenticator {
    /// Has the last word on a genuine token, for revocation: false refuses it.
    package typealias Admission = @Sendable (VerifiedToken) async throws -> Bool

    private let issuers: [(issuer: TrustedIssuer, keys: IssuerKeys)]
    private let admits: Admission?
    private let recheckSeconds: Int
    private let verified: VerifiedTokens
    private let logger: Logger

    /// - Parameters:
    ///   - admits: asked whenever a token is verified; its yes counts for `recheckSeconds`, or until ``flush()``.
    ///   - cachedTokens: how many tokens are remembered.
    /// - Throws: ``IssuerProblems`` when the issuers cannot be trusted as configured.
    package init(
        issuers: [TrustedIssuer], fetcher: KeyFetcher, logger: Logger, cachedTokens: Int = 10_000,
        recheckSeconds: Int = 5, admits: Admission? = nil
    ) throws(IssuerProblems) {
        var problems = issuers.flatMap { $0.problems(allowsLoopbackHTTP: fetcher.allowsLoopbackHTTP) }
        for (index, issuer) in issuers.enumerated()
        where issuers[..<index].contains(where: { $0.issuer.hasSameBytes(as: issuer.issuer) }) {
            problems.append("issuer \(issuer.issuer) is configured twice")
        }
        guard problems.isEmpty else { throw IssuerProblems(sentences: problems) }
        let verified = VerifiedTokens(limit: cachedTokens)
        self.issuers = issuers.map { issuer in
            var logger = logger
            logger[metadataKey: "issuer"] = "\(issuer.issuer)"
            return (issuer, IssuerKeys(issuer.keys, fetcher: fetcher, logger: logger) { verified.flush() })
        }
        self.verified = verified
        self.admits = admits
        self.recheckSeconds = recheckSeconds
        self.logger = logger
    }

    package func authenticate(
        bearer token: [UInt8], at now: Timestamp
    ) async throws(AuthenticationFault) -> Principal {
        if let principal = cached(token, at: now) { return principal }
        do {
            return try await verify(token, at: now)
        } catch let fault as AuthenticationFault {
            throw fault
        } catch let fault as TokenFault {
            throw AuthenticationFault(.invalidToken, cause: fault.flaw.rawValue)
        } catch let fault as KeySetFault {
            throw AuthenticationFault(.unavailable, cause: fault.detail)
        } catch {
            throw AuthenticationFault(.unavailable, cause: "\(error)")
        }
    }

    /// The principal of a token that was verified before and still counts, without waiting for anything; nil when
    /// ``authenticate(bearer:at:)`` has to be asked.
    package func cached(_ token: PresentedToken, at now: Timestamp) -> Principal? {
        guard token.bytes.count <= CompactToken.maxBytes else { return nil }
        return verified.find(token.digest, at: now)
    }

    func cached(_ token: [UInt8], at now: Timestamp) -> Principal? {
        cached(PresentedToken(token), at: now)
    }

    /// Forgets every verified token, so that a revocation counts from the next request on.
    package func flush() {
        verified.flush()
    }

    private func verify(_ bytes: [UInt8], at now: Timestamp) async throws -> Principal {
        let epoch = verified.epoch
        let token = try CompactToken(bytes)
        guard
            let name = token.claims["iss"]?.string,
            let (issuer, keys) = issuers.first(where: { $0.issuer.issuer.hasSameBytes(as: name) })
        else { throw TokenFault(.issuer) }
        guard issuer.algorithms.contains(token.algorithm) else { throw TokenFault(.algorithm) }
        guard issuer.ignoresKeyReferences || !token.refersToKeys else { throw TokenFault(.keyReference) }
        let (key, keyUntil) = try await keys.key(for: token, at: now)
        guard key.verifies(token.signature, of: token.signedBytes, token.algorithm) else {
            throw TokenFault(.signature)
        }
        let verifiedToken = try VerifiedToken(token, from: issuer, at: now)
        var until = min(verifiedToken.validUntil, keyUntil)
        if let admits {
            guard try await admits(verifiedToken) else { throw TokenFault(.revoked) }
            until = min(until, now.advanced(bySeconds: recheckSeconds))
        }
        let missing = issuer.requiredScopes.subtracting(verifiedToken.principal.scopes)
        guard missing.isEmpty else {
            throw AuthenticationFault(
                .insufficientScope, cause: "missing scopes: \(missing.sorted().joined(separator: " "))")
        }
        verified.keep(
            verifiedToken.principal, Digest(of: bytes), from: verifiedToken.validFrom, until: until, epoch: epoch)
        return verifiedToken.principal
    }
}

/// Why issuers cannot be trusted as they are configured.
package struct IssuerProblems: Error, Sendable, Hashable {
    /// One sentence for each.
    package let sentences: [String]
}
