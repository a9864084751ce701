/// The signature algorithms that tokens may use (RFC 7518 §3.1, RFC 8037 §3.1). There is no other: neither `none` nor
/// HMAC can be named in this type.
package enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case es256 = "ES256"
    case es384 = "ES384"
    case rs256 = "RS256"
    case ps256 = "PS256"
    case edDSA = "EdDSA"
}
