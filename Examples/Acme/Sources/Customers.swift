import GRDB
import HTTPTypes
import Hummingbird

struct Customer: Record {
    enum Status: String, Codable, CaseIterable, DatabaseValueConvertible, Sendable {
        case active, archived
    }

    var seq: Int64
    var id: String
    var tenantId: String
    var ownerId: String
    var name: String
    var email: String
    var phone: String?
    var company: String
    var status: Status
    var createdAt: String
    var internalRiskScore: Int

    static func find(_ id: String, of user: User, in db: Database) throws -> Customer {
        let query: SQL = "SELECT * FROM customers WHERE tenant_id = \(user.tenantId) AND id = \(id)"
        guard let customer = try SQLRequest<Customer>(literal: query).fetchOne(db) else {
            throw Problem.notFound("customer", id)
        }
        return customer
    }
}

struct Customers {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("customers", use: list)
        api.post("customers", use: create)
        api.post("customers/search", use: search)
        api.post("customers/bulk-delete", use: bulkDelete)
        api.get("customers/{customerId}", use: get)
        api.patch("customers/{customerId}", use: update)
        api.delete("customers/{customerId}", use: delete)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Customer> {
        let page = try PageRequest(request)
        let status: Customer.Status? = try request.choice("status")
        return try await database.read { db in
            var query: SQL = "SELECT * FROM customers WHERE tenant_id = \(context.user.tenantId)"
            if let status { query += " AND status = \(status)" }
            return try page.fetch(query, in: db)
        }
    }

    @Sendable private func get(request: Request, context: SignedInRequestContext) async throws -> Customer {
        let id = try context.pathParameter("customerId")
        return try await database.read { db in try Customer.find(id, of: context.user, in: db) }
    }

    @Sendable private func create(
        request: Request,
        context: SignedInRequestContext,
    ) async throws -> EditedResponse<Customer> {
        let body = try await request.decode(as: NewCustomer.self, context: context)
        try body.check()
        let user = context.user
        let customer = try await database.write { db in
            try orConflict(.SQLITE_CONSTRAINT_UNIQUE, "A customer with this e-mail address exists.") {
                try Customer.fetchReturned(
                    db,
                    """
                    INSERT INTO customers
                        (id, tenant_id, owner_id, name, email, phone, company, status, created_at, internal_risk_score)
                    VALUES (\(newIdentifier("cus")), \(user.tenantId), \(user.id), \(body.name), \(body.email),
                        \(body.phone), \(body.company), \(Customer.Status.active), \(timestamp()), 50)
                    RETURNING *
                    """)
            }
        }
        return EditedResponse(
            status: .created, headers: [.location: "/customers/\(customer.id)"], response: customer)
    }

    @Sendable private func update(request: Request, context: SignedInRequestContext) async throws -> Customer {
        let id = try context.pathParameter("customerId")
        let body = try await request.decode(as: CustomerChange.self, context: context)
        let status = try body.check()
        return try await database.write { db in
            let customer = try Customer.find(id, of: context.user, in: db)
            try context.user.requireChange(of: "customer", ownedBy: customer.ownerId)
            return try orConflict(.SQLITE_CONSTRAINT_UNIQUE, "A customer with this e-mail address exists.") {
                try Customer.fetchReturned(
                    db,
                    """
                    UPDATE customers SET name = \(body.name ?? customer.name), email = \(body.email ?? customer.email),
                        phone = \(body.phone ?? customer.phone), company = \(body.company ?? customer.company),
                        status = \(status ?? customer.status)
                    WHERE seq = \(customer.seq) RETURNING *
                    """)
            }
        }
    }

    @Sendable private func delete(
        request: Request,
        context: SignedInRequestContext,
    ) async throws -> HTTPResponse.Status {
        let id = try context.pathParameter("customerId")
        try await database.write { db in
            let customer = try Customer.find(id, of: context.user, in: db)
            try context.user.requireChange(of: "customer", ownedBy: customer.ownerId)
            _ = try Self.delete([id], of: context.user, in: db)
        }
        return .noContent
    }

    @Sendable private func bulkDelete(
        request: Request,
        context: SignedInRequestContext,
    ) async throws -> BulkDeletion {
        let body = try await request.decode(as: BulkDelete.self, context: context)
        try body.check()
        try context.user.requireManager(to: "delete customers in bulk")
        return try await database.write { db in
            let deleted = Set(try Self.delete(body.ids, of: context.user, in: db))
            return BulkDeletion(
                deleted: body.ids.filter(deleted.contains), notFound: body.ids.filter { !deleted.contains($0) })
        }
    }

    @Sendable private func search(request: Request, context: SignedInRequestContext) async throws -> Page<Customer> {
        let body = try await request.decode(as: CustomerSearch.self, context: context)
        let page = try PageRequest(limit: body.limit, cursor: body.cursor)
        let status = try body.check()
        return try await database.read { db in
            var query: SQL = "SELECT * FROM customers WHERE tenant_id = \(context.user.tenantId)"
            if let text = body.query {
                // instr has no wildcards that would need escaping.
                query += " AND instr(lower(name || char(10) || company || char(10) || email), lower(\(text))) > 0"
            }
            if let status { query += " AND status = \(status)" }
            return try page.fetch(query, in: db)
        }
    }

    /// Deletes all of them or, when one has invoices, none; their deals go with them.
    private static func delete(_ ids: [String], of user: User, in db: Database) throws -> [String] {
        try orConflict(.SQLITE_CONSTRAINT_FOREIGNKEY, "Customers with invoices cannot be deleted; archive them.") {
            try SQLRequest<String>(
                literal: "DELETE FROM customers WHERE tenant_id = \(user.tenantId) AND id IN \(ids) RETURNING id"
            ).fetchAll(db)
        }
    }
}
