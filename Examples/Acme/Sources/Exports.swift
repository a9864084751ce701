import GRDB
import Hummingbird

/// Everything that a tenant has.
struct Export: ResponseEncodable, Sendable {
    var tenantId: String
    var exportedAt: String
    var customers: [Customer]
    var deals: [Deal]
    var invoices: [Invoice]
    var payments: [Payment]
    var refunds: [Refund]
    var messages: [Message]

    init(of tenantId: String, in db: Database) throws {
        self.tenantId = tenantId
        exportedAt = timestamp()
        customers = try Self.rows("customers", of: tenantId, in: db)
        deals = try Self.rows("deals", of: tenantId, in: db)
        invoices = try Self.rows("invoices", of: tenantId, in: db)
        payments = try Self.rows("payments", of: tenantId, in: db)
        refunds = try Self.rows("refunds", of: tenantId, in: db)
        messages = try Self.rows("messages", of: tenantId, in: db)
    }

    private static func rows<Item: Record>(_ table: StaticString, of tenantId: String, in db: Database) throws -> [Item]
    {
        try Item.fetchAll(db, sql: "SELECT * FROM \(table) WHERE tenant_id = ? ORDER BY seq", arguments: [tenantId])
    }
}

struct Exports {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("export", use: export)
    }

    @Sendable private func export(request: Request, context: SignedInRequestContext) async throws -> Export {
        try context.user.requireManager(to: "export the tenant")
        return try await database.read { db in try Export(of: context.user.tenantId, in: db) }
    }
}
