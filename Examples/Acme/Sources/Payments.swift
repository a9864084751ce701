import GRDB
import Hummingbird

struct Payment: Record {
    enum Status: String, Codable, DatabaseValueConvertible, Sendable {
        case captured, refunded
        case partiallyRefunded = "partially_refunded"
    }

    var seq: Int64
    var id: String
    var tenantId: String
    var customerId: String
    var invoiceId: String
    var amount: Money
    var refunded: Money
    var currency: String
    var status: Status
    var method: String
    var createdAt: String
    var processorToken: String

    static func find(_ id: String, of user: User, in db: Database) throws -> Payment {
        let query: SQL = "SELECT * FROM payments WHERE tenant_id = \(user.tenantId) AND id = \(id)"
        guard let payment = try SQLRequest<Payment>(literal: query).fetchOne(db) else {
            throw Problem.notFound("payment", id)
        }
        return payment
    }
}

struct Payments {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("payments", use: list)
        api.get("payments/{paymentId}", use: get)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Payment> {
        let page = try PageRequest(request)
        let customerId = request.uri.queryParameters.get("customer_id")
        return try await database.read { db in
            var query: SQL = "SELECT * FROM payments WHERE tenant_id = \(context.user.tenantId)"
            if let customerId { query += " AND customer_id = \(customerId)" }
            return try page.fetch(query, in: db)
        }
    }

    @Sendable private func get(request: Request, context: SignedInRequestContext) async throws -> Payment {
        let id = try context.pathParameter("paymentId")
        return try await database.read { db in try Payment.find(id, of: context.user, in: db) }
    }
}
