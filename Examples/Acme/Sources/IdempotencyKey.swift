import Crypto
import GRDB
import Hummingbird

/// A client's name for one refund. It belongs to the user and stands for one set of arguments for ever.
struct IdempotencyKey: Sendable {
    let userId: String
    let key: String
    let fingerprint: String

    /// - Returns: nil without an `Idempotency-Key` header.
    /// - Throws: `Problem` 400 for an empty key or one beyond 255 bytes.
    init?(_ request: Request, of user: User, for arguments: [String]) throws {
        guard let key = request.headers.value(named: "Idempotency-Key") else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem(.badRequest, "Idempotency-Key must be 1 to 255 bytes long.")
        }
        userId = user.id
        self.key = key
        // Lengths keep the parts apart.
        let text = arguments.map { "\($0.utf8.count):\($0)" }.joined()
        fingerprint = hexadecimal(SHA256.hash(data: Array(text.utf8)))
    }

    /// The refund this key was first used for.
    ///
    /// - Throws: `Problem` 422 when that was another request.
    func earlierRefund(in db: Database) throws -> Refund? {
        let query: SQL =
            "SELECT fingerprint, refund_id FROM idempotency_keys WHERE user_id = \(userId) AND key = \(key)"
        guard let row = try SQLRequest<Row>(literal: query).fetchOne(db) else { return nil }
        guard row["fingerprint"] == fingerprint else {
            throw Problem(.unprocessableContent, "This Idempotency-Key was used for another request.")
        }
        let refundId: String = row["refund_id"]
        return try SQLRequest<Refund>(literal: "SELECT * FROM refunds WHERE id = \(refundId)").fetchOne(db)
    }

    func remember(_ refund: Refund, in db: Database) throws {
        try db.execute(
            literal: """
                INSERT INTO idempotency_keys (user_id, key, fingerprint, refund_id, created_at)
                VALUES (\(userId), \(key), \(fingerprint), \(refund.id), \(refund.createdAt))
                """)
    }
}
