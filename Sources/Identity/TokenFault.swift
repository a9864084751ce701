/// What is wrong with a token. For the log only: the client learns `invalid_token`, whatever it is.
package enum TokenFlaw: String, Sendable, Hashable, CaseIterable {
    case tooLarge = "too-large"
    /// Not three parts of canonical base64url.
    case malformed
    case header
    /// An algorithm that the issuer is not trusted with.
    case algorithm
    /// An extension that must be understood and is not (RFC 7515 §4.1.11).
    case critical
    /// The token brings or names its own key.
    case keyReference = "key-reference"
    /// Not an access token by its header.
    case type
    case payload
    case issuer
    case audience
    case unknownKey = "unknown-key"
    case signature
    case expiry
    case expired
    case notYetValid = "not-yet-valid"
    case issuedInFuture = "issued-in-future"
    case subject
    case agent
    case tenant
    case roles
    case scope
    /// An ID token, a refresh token or another token that is not for resources.
    case notForResources = "not-for-resources"
    /// Bound to a key whose possession a bearer does not prove (RFC 7800).
    case senderConstrained = "sender-constrained"
    /// Genuine, and no longer honoured.
    case revoked
}

struct TokenFault: Error, Sendable, Hashable {
    let flaw: TokenFlaw

    init(_ flaw: TokenFlaw) {
        self.flaw = flaw
    }
}
