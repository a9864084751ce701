import GRDB
import Hummingbird

/// One page of a list; without `nextCursor` it is the last.
struct Page<Item: Record>: ResponseEncodable, Sendable {
    var items: [Item]
    var nextCursor: String?
}

/// Which page was asked for: at most `limit` rows after the row numbered `after`.
struct PageRequest: Sendable {
    let limit: Int
    let after: Int64

    init(limit: Int?, cursor: String?) throws {
        guard let limit = Optional(limit ?? 20), (1...100).contains(limit) else {
            throw Problem(.badRequest, "limit must be between 1 and 100.")
        }
        guard let after = cursor.map({ Int64($0, radix: 36) }) ?? 0, after >= 0 else {
            throw Problem(.badRequest, "cursor must be the next_cursor of an earlier page.")
        }
        self.limit = limit
        self.after = after
    }

    init(_ request: Request) throws {
        let query = request.uri.queryParameters
        let limit = query.get("limit")
        try self.init(limit: limit.map { Int($0) ?? 0 }, cursor: query.get("cursor"))
    }

    /// - Parameter query: a SELECT that ends within its WHERE clause.
    func fetch<Item: Record>(_ query: SQL, in db: Database) throws -> Page<Item> {
        let rows = try SQLRequest<Item>(literal: query + " AND seq > \(after) ORDER BY seq LIMIT \(limit + 1)")
            .fetchAll(db)
        let items = Array(rows.prefix(limit))
        let last = rows.count > limit ? items.last : nil
        return Page(items: items, nextCursor: last.map { String($0.seq, radix: 36) })
    }
}

extension Request {
    /// A query parameter that must be one of a few words when it is there.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String) throws -> Choice? {
        guard let text = uri.queryParameters.get(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "\(name) must be one of \(names).")
        }
        return choice
    }
}
