import GRDB
import Hummingbird

struct Invoice: Record {
    enum Status: String, Codable, CaseIterable, DatabaseValueConvertible, Sendable {
        case open, paid, void
    }

    var seq: Int64
    var id: String
    var tenantId: String
    var customerId: String
    var number: String
    var amount: Money
    var currency: String
    var status: Status
    var issuedOn: String
    var dueOn: String
    var paidOn: String?
    var internalLedgerAccount: String
}

struct Invoices {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("invoices", use: list)
        api.get("invoices/{invoiceId}", use: get)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Invoice> {
        let page = try PageRequest(request)
        let status: Invoice.Status? = try request.choice("status")
        let customerId = request.uri.queryParameters.get("customer_id")
        return try await database.read { db in
            var query: SQL = "SELECT * FROM invoices WHERE tenant_id = \(context.user.tenantId)"
            if let status { query += " AND status = \(status)" }
            if let customerId { query += " AND customer_id = \(customerId)" }
            return try page.fetch(query, in: db)
        }
    }

    @Sendable private func get(request: Request, context: SignedInRequestContext) async throws -> Invoice {
        let id = try context.pathParameter("invoiceId")
        let query: SQL = "SELECT * FROM invoices WHERE tenant_id = \(context.user.tenantId) AND id = \(id)"
        let statement = SQLRequest<Invoice>(literal: query)
        guard let invoice = try await database.read({ db in try statement.fetchOne(db) }) else {
            throw Problem.notFound("invoice", id)
        }
        return invoice
    }
}
