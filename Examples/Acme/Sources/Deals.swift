import Foundation
import GRDB
import HTTPTypes
import Hummingbird

struct Deal: Record {
    enum Stage: String, Codable, CaseIterable, DatabaseValueConvertible, Sendable {
        case lead, qualified, proposal, negotiation, won, lost
    }

    var seq: Int64
    var id: String
    var tenantId: String
    var customerId: String
    var ownerId: String
    var title: String
    var stage: Stage
    var amount: Money
    var currency: String
    var closeDate: String?
    var version: Int
    var createdAt: String
    var updatedAt: String
    var internalMarginPercent: Int

    var entityTag: String { "\"v\(version)\"" }

    static func find(_ id: String, of user: User, in db: Database) throws -> Deal {
        let query: SQL = "SELECT * FROM deals WHERE tenant_id = \(user.tenantId) AND id = \(id)"
        guard let deal = try SQLRequest<Deal>(literal: query).fetchOne(db) else { throw Problem.notFound("deal", id) }
        return deal
    }
}

struct DealChange: Decodable, Sendable {
    var stage: String?
    var amount: Decimal?
    var closeDate: String?

    func apply(to deal: inout Deal) throws {
        var checks = FieldChecks()
        checks.require(stage != nil || amount != nil || closeDate != nil, "", "must change at least one field")
        deal.stage = stage.flatMap { checks.choice($0, "stage") } ?? deal.stage
        deal.amount = amount.flatMap { checks.positiveAmount($0, "amount") } ?? deal.amount
        if let closeDate {
            checks.require(isCalendarDate(closeDate), "close_date", "must be a date, YYYY-MM-DD")
            deal.closeDate = closeDate
        }
        try checks.finish()
    }
}

struct Deals {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("deals", use: list)
        api.get("deals/search", use: search)
        api.get("deals/{dealId}", use: get)
        api.patch("deals/{dealId}", use: update)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Deal> {
        let page = try PageRequest(request)
        let stage: Deal.Stage? = try request.choice("stage")
        return try await database.read { db in
            var query: SQL = "SELECT * FROM deals WHERE tenant_id = \(context.user.tenantId)"
            if let stage { query += " AND stage = \(stage)" }
            return try page.fetch(query, in: db)
        }
    }

    /// Trusts `tenant_id` as it comes and searches all tenants without it: the hole that this example has on purpose.
    @Sendable private func search(request: Request, context: SignedInRequestContext) async throws -> Page<Deal> {
        let page = try PageRequest(request)
        let stage: Deal.Stage? = try request.choice("stage")
        let tenantId = request.uri.queryParameters.get("tenant_id")
        return try await database.read { db in
            var query: SQL = "SELECT * FROM deals WHERE TRUE"
            if let tenantId { query += " AND tenant_id = \(tenantId)" }
            if let stage { query += " AND stage = \(stage)" }
            return try page.fetch(query, in: db)
        }
    }

    @Sendable private func get(request: Request, context: SignedInRequestContext) async throws -> Response {
        let id = try context.pathParameter("dealId")
        let deal = try await database.read { db in try Deal.find(id, of: context.user, in: db) }
        return try tagged(deal, request, context)
    }

    @Sendable private func update(request: Request, context: SignedInRequestContext) async throws -> Response {
        let id = try context.pathParameter("dealId")
        let change = try await request.decode(as: DealChange.self, context: context)
        let changed = try await database.write { db in
            var deal = try Deal.find(id, of: context.user, in: db)
            try context.user.requireChange(of: "deal", ownedBy: deal.ownerId)
            try request.requireMatch(deal.entityTag)
            try change.apply(to: &deal)
            return try Deal.fetchReturned(
                db,
                """
                UPDATE deals SET stage = \(deal.stage), amount = \(deal.amount), close_date = \(deal.closeDate),
                    version = version + 1, updated_at = \(timestamp())
                WHERE seq = \(deal.seq) RETURNING *
                """)
        }
        return try tagged(changed, request, context)
    }

    private func tagged(_ deal: Deal, _ request: Request, _ context: SignedInRequestContext) throws -> Response {
        var response = try deal.response(from: request, context: context)
        response.headers[.eTag] = deal.entityTag
        return response
    }
}

extension Request {
    /// Holds an `If-Match` header, when there is one, against the current tag (RFC 9110 §13.1.1).
    func requireMatch(_ entityTag: String) throws {
        guard let header = headers[.ifMatch] else { return }
        let tags = header.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard tags.contains(entityTag) || tags == ["*"] else {
            throw Problem(.preconditionFailed, "This has been changed since; its tag is now \(entityTag).")
        }
    }
}
