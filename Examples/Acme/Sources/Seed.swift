package import GRDB

/// The demo tenants: always the same rows, identifiers and keys.
package enum Seed {
    /// A demo user. The keys are published with this example and open nothing else.
    package struct Person: Encodable, Sendable {
        package var id: String
        package var name: String
        package var email: String
        var role: User.Role
        package var tenantId: String
        package var apiKey: String
    }

    package static let people = [
        Person(
            id: "usr_ana", name: "ana", email: "ana@acme-north.example", role: .sales, tenantId: "acme-north",
            apiKey: "ak_demo_ana_north_sales"),
        Person(
            id: "usr_ben", name: "ben", email: "ben@acme-north.example", role: .manager, tenantId: "acme-north",
            apiKey: "ak_demo_ben_north_manager"),
        Person(
            id: "usr_cleo", name: "cleo", email: "cleo@acme-south.example", role: .sales, tenantId: "acme-south",
            apiKey: "ak_demo_cleo_south_sales"),
    ]

    /// Fills an empty database; one that has tenants stays as it is.
    ///
    /// - Returns: whether rows were inserted.
    package static func insert(into db: Database) throws -> Bool {
        guard try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT * FROM tenants)") == true else { return false }
        for tenant in [north, south] {
            try db.execute(literal: "INSERT INTO tenants VALUES (\(tenant.id), \(tenant.name))")
        }
        for person in people { try insert(person, into: db) }
        for tenant in [north, south] {
            try insertCustomers(of: tenant, into: db)
            try insertDeals(of: tenant, into: db)
            try insertInvoices(of: tenant, into: db)
            try insertMessages(of: tenant, into: db)
        }
        return true
    }

    private static func insert(_ person: Person, into db: Database) throws {
        try db.execute(
            literal: """
                INSERT INTO users (id, tenant_id, name, email, role, password_hash, api_key_hash)
                VALUES (\(person.id), \(person.tenantId), \(person.name), \(person.email), \(person.role.rawValue),
                    \("$scrypt$demo$not-a-real-hash-of-" + person.name), \(apiKeyHash(person.apiKey)))
                """)
    }

    private static func insertCustomers(of tenant: SeedTenant, into db: Database) throws {
        for (number, customer) in numbered(tenant.customers) {
            let email = customer.mailbox + "@" + customer.domain
            try db.execute(
                literal: """
                    INSERT INTO customers
                        (id, tenant_id, owner_id, name, email, phone, company, status, created_at, internal_risk_score)
                    VALUES (\(tenant.identifier("cus", number)), \(tenant.id), \(customer.owner), \(customer.name),
                        \(email), \("+00 555 01" + number), \(customer.company), 'active',
                        \("2026-01-\(number)T09:00:00Z"), \(customer.risk))
                    """)
        }
    }

    private static func insertDeals(of tenant: SeedTenant, into db: Database) throws {
        for (number, deal) in numbered(tenant.deals) {
            let created = "2026-02-\(number)T10:00:00Z"
            try db.execute(
                literal: """
                    INSERT INTO deals (id, tenant_id, customer_id, owner_id, title, stage, amount, currency, close_date,
                        created_at, updated_at, internal_margin_percent)
                    VALUES (\(tenant.identifier("deal", number)), \(tenant.id),
                        \(tenant.identifier("cus", deal.customer)), \(deal.owner), \(deal.title), \(deal.stage),
                        \(deal.cents), \(tenant.currency), \(deal.closeDate), \(created), \(created), \(deal.margin))
                    """)
        }
    }

    /// Paid invoices come with the payment that paid them.
    private static func insertInvoices(of tenant: SeedTenant, into db: Database) throws {
        for (number, invoice) in numbered(tenant.invoices) {
            let id = tenant.identifier("inv", number)
            let customerId = tenant.identifier("cus", invoice.customer)
            let paidOn = invoice.isPaid ? "2026-03-\(number)" : nil
            try db.execute(
                literal: """
                    INSERT INTO invoices (id, tenant_id, customer_id, number, amount, currency, status, issued_on,
                        due_on, paid_on, internal_ledger_account)
                    VALUES (\(id), \(tenant.id), \(customerId), \("2026-00" + number), \(invoice.cents),
                        \(invoice.currency ?? tenant.currency), \(paidOn == nil ? "open" : "paid"),
                        \("2026-02-\(number)"), \("2026-03-\(number)"), \(paidOn), \("4400-" + number))
                    """)
            guard let paidOn else { continue }
            try db.execute(
                literal: """
                    INSERT INTO payments (id, tenant_id, customer_id, invoice_id, amount, currency, status, method,
                        created_at, processor_token)
                    VALUES (\(tenant.identifier("pay", number)), \(tenant.id), \(customerId), \(id), \(invoice.cents),
                        \(invoice.currency ?? tenant.currency), 'captured', \(invoice.method),
                        \(paidOn + "T12:00:00Z"), \("tok_demo_\(tenant.short)_\(number)"))
                    """)
        }
    }

    private static func insertMessages(of tenant: SeedTenant, into db: Database) throws {
        for (number, message) in numbered(tenant.messages) {
            try db.execute(
                literal: """
                    INSERT INTO messages
                        (id, tenant_id, sender_id, "to", subject, body, created_at, internal_spam_score)
                    VALUES (\(tenant.identifier("msg", number)), \(tenant.id), \(message.sender), \(message.to),
                        \(message.subject), \(message.body), \("2026-03-\(number)T15:00:00Z"), 1)
                    """)
        }
    }

    /// The items with `01`, `02`, …
    private static func numbered<Item>(_ items: [Item]) -> [(String, Item)] {
        items.enumerated().map { offset, item in (twoDigits(offset + 1), item) }
    }
}
