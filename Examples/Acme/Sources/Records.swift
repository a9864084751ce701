import Foundation
import GRDB
import Hummingbird

/// A row that is also a response body; columns and members are the snake_case of the properties.
protocol Record: Codable, FetchableRecord, ResponseEncodable, Sendable {
    /// Grows with every row of a table; lists are ordered by it.
    var seq: Int64 { get }
}

extension Record {
    static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy { .convertFromSnakeCase }

    /// The row of a statement that must return one, such as `INSERT … RETURNING *`.
    static func fetchReturned(_ db: Database, _ statement: SQL) throws -> Self {
        guard let row = try SQLRequest<Self>(literal: statement).fetchOne(db) else {
            throw DatabaseError(message: "the statement returned no row")
        }
        return row
    }
}

/// A fresh identifier such as `cus_9f2c41d08e6b7a35`.
func newIdentifier(_ prefix: String) -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = String(generator.next() as UInt64, radix: 16)
    return prefix + "_" + String(repeating: "0", count: 16 - digits.count) + digits
}

/// The present as `2026-03-01T09:30:00Z`.
func timestamp() -> String {
    Date.now.formatted(.iso8601)
}
