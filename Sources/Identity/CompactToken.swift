import JSON

/// A JSON Web Token in compact form (RFC 7519, RFC 7515 §7.1), taken apart. Nothing is proven yet.
struct CompactToken: Sendable {
    static let maxBytes = 8192

    let algorithm: SignatureAlgorithm
    let keyID: String?
    let claims: JSONObject
    let signedBytes: [UInt8]
    let signature: [UInt8]
    private let header: JSONObject

    init(_ bytes: [UInt8]) throws(TokenFault) {
        guard bytes.count <= Self.maxBytes else { throw TokenFault(.tooLarge) }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard
            parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty
        else { throw TokenFault(.malformed) }
        let options = JSONParser.Options(maxDepth: 16, maxBytes: Self.maxBytes)
        guard let header = (try? JSONParser.parse(header, options: options))?.object else { throw TokenFault(.header) }
        guard let claims = (try? JSONParser.parse(payload, options: options))?.object else {
            throw TokenFault(.payload)
        }
        guard let name = header["alg"]?.string else { throw TokenFault(.header) }
        guard let algorithm = SignatureAlgorithm.named(name) else { throw TokenFault(.algorithm) }
        if let id = header["kid"] {
            guard let id = id.string else { throw TokenFault(.header) }
            keyID = id
        } else {
            keyID = nil
        }
        self.header = header
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signedBytes = Array(bytes[..<parts[2].startIndex.advanced(by: -1)])
        try Self.check(header)
    }

    private static func check(_ header: JSONObject) throws(TokenFault) {
        // No extension is understood, so none may be critical; `b64` counts only where it is (RFC 7797 §6).
        guard !header.contains("crit"), !header.contains("b64") else { throw TokenFault(.critical) }
        guard !header.contains("cty"), !header.contains("zip"), !header.contains("enc") else {
            throw TokenFault(.header)
        }
        if let type = header["typ"] {
            // RFC 9068 §2.1 and §4; the names of media types know no case (RFC 7515 §4.1.9).
            guard let type = type.string, isNamed("jwt", type) || isAccessTokenType(type) else {
                throw TokenFault(.type)
            }
        }
    }

    /// Whether the header brings a key or says where to find one (RFC 7515 §4.1.2, §4.1.3, §4.1.5, §4.1.6).
    var refersToKeys: Bool {
        ["jku", "jwk", "x5u", "x5c"].contains { header.contains($0) }
    }

    /// Whether the header says that this is an access token (RFC 9068).
    var isMarkedAccessToken: Bool {
        header["typ"]?.string.map(Self.isAccessTokenType) ?? false
    }

    private static func isAccessTokenType(_ type: String) -> Bool {
        isNamed("at+jwt", type) || isNamed("application/at+jwt", type)
    }

    private static func isNamed(_ name: String, _ text: String) -> Bool {
        name.utf8.elementsEqual(
            text.utf8.lazy.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 })
    }
}
