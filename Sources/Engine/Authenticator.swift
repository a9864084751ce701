package import Core

/// Proves who stands behind a request.
package protocol Authenticator: Sendable {
    /// The principal of a token that was verified before and still holds; nil when it has to be verified.
    func cached(_ token: PresentedToken, at now: Timestamp) -> Principal?

    /// Verifies a bearer token.
    ///
    /// - Throws: ``AuthenticationFault``.
    func authenticate(bearer token: [UInt8], at now: Timestamp) async throws(AuthenticationFault) -> Principal
}

/// Why a token proves nothing. The client learns the code of RFC 6750 §3.1, the log the cause.
package struct AuthenticationFault: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        /// The issuer's keys cannot be had now; nothing is said about the token.
        case unavailable = "temporarily_unavailable"
    }

    package let code: Code
    /// For the log only.
    package let cause: String

    package init(_ code: Code, cause: String) {
        self.code = code
        self.cause = cause
    }
}
