import Crypto
import JSON

/// The public keys of an issuer: a JSON Web Key Set (RFC 7517 §5).
package struct KeySet: Sendable {
    package let keys: [VerificationKey]
    /// Why other keys of the document are not used, in its order.
    package let flaws: [KeyFlaw]
    /// Tells whether two documents are the same.
    let fingerprint: [UInt8]

    package static let maxBytes = 256 << 10
    static let maxKeys = 64

    package init(_ keys: [VerificationKey]) {
        self.keys = keys
        flaws = []
        fingerprint = []
    }

    /// - Throws: ``KeySetFault`` when the document is not a key set or none of its keys can be used.
    package init(document: [UInt8]) throws(KeySetFault) {
        let options = JSONParser.Options(maxDepth: 16, maxBytes: Self.maxBytes)
        guard
            let value = try? JSONParser.parse(document, options: options), let members = value["keys"]?.array,
            members.count <= Self.maxKeys
        else { throw KeySetFault(detail: "not a JSON Web Key Set") }
        var keys: [VerificationKey] = []
        var flaws: [KeyFlaw] = []
        for member in members {
            guard let object = member.object else { throw KeySetFault(detail: "not a JSON Web Key Set") }
            do {
                keys.append(try VerificationKey(jwk: object))
            } catch {
                flaws.append(error)
            }
        }
        guard !keys.isEmpty else { throw KeySetFault(detail: "no key of the set can verify signatures") }
        self.keys = keys
        self.flaws = flaws
        fingerprint = Array(SHA256.hash(data: document))
    }

    /// The one key for an id and an algorithm.
    ///
    /// - Parameter id: nil when the token names no key; then there has to be one key only that could be meant.
    /// - Returns: nil as well when several keys would do: guessing among keys is for attackers.
    func key(id: String?, _ algorithm: SignatureAlgorithm) -> VerificationKey? {
        let matching = keys.filter { key in
            guard key.algorithms.contains(algorithm) else { return false }
            guard let id else { return true }
            return key.id?.hasSameBytes(as: id) ?? false
        }
        return matching.count == 1 ? matching.first : nil
    }
}

/// A key set could not be had or read.
package struct KeySetFault: Error, Sendable, Hashable {
    /// For the log only.
    package let detail: String

    package init(detail: String) {
        self.detail = detail
    }
}
