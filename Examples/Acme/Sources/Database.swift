package import GRDB

/// Opens the product's database and brings its schema up to date.
///
/// - Parameter path: a file, created when missing; nil for a database in memory.
package func openDatabase(at path: String?) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    let queue: DatabaseQueue
    if let path {
        configuration.journalMode = .wal
        queue = try DatabaseQueue(path: path, configuration: configuration)
    } else {
        queue = try DatabaseQueue(configuration: configuration)
    }
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { db in try db.execute(sql: schema) }
    try migrator.migrate(queue)
    return queue
}

// Amounts are cents. Foreign keys carry the tenant, so that no row can point into another tenant.
private let schema = """
    CREATE TABLE tenants (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL
    ) STRICT;

    CREATE TABLE users (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL REFERENCES tenants (id),
        name TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('sales', 'manager')),
        password_hash TEXT NOT NULL,
        api_key_hash TEXT NOT NULL UNIQUE,
        UNIQUE (tenant_id, id)
    ) STRICT;

    CREATE TABLE customers (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL REFERENCES tenants (id),
        owner_id TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        phone TEXT,
        company TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('active', 'archived')),
        created_at TEXT NOT NULL,
        internal_risk_score INTEGER NOT NULL CHECK (internal_risk_score BETWEEN 0 AND 100),
        UNIQUE (tenant_id, id),
        UNIQUE (tenant_id, email),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    ) STRICT;

    CREATE TABLE deals (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        owner_id TEXT NOT NULL,
        title TEXT NOT NULL,
        stage TEXT NOT NULL CHECK (stage IN ('lead', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        close_date TEXT,
        version INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        internal_margin_percent INTEGER NOT NULL,
        FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    ) STRICT;
    CREATE INDEX deals_customer ON deals (tenant_id, customer_id);

    CREATE TABLE invoices (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        number TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'void')),
        issued_on TEXT NOT NULL,
        due_on TEXT NOT NULL,
        paid_on TEXT,
        internal_ledger_account TEXT NOT NULL,
        UNIQUE (tenant_id, id),
        UNIQUE (tenant_id, number),
        CHECK ((status = 'paid') = (paid_on IS NOT NULL)),
        FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
    ) STRICT;
    CREATE INDEX invoices_customer ON invoices (tenant_id, customer_id);

    CREATE TABLE payments (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL,
        customer_id TEXT NOT NULL,
        invoice_id TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount > 0),
        refunded INTEGER NOT NULL DEFAULT 0,
        currency TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('captured', 'partially_refunded', 'refunded')),
        method TEXT NOT NULL CHECK (method IN ('card', 'transfer')),
        created_at TEXT NOT NULL,
        processor_token TEXT NOT NULL,
        UNIQUE (tenant_id, id),
        CHECK (refunded BETWEEN 0 AND amount),
        FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
        FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id)
    ) STRICT;
    CREATE INDEX payments_customer ON payments (tenant_id, customer_id);
    CREATE INDEX payments_invoice ON payments (tenant_id, invoice_id);

    CREATE TABLE refunds (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL,
        payment_id TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        reason TEXT,
        created_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        processor_token TEXT NOT NULL,
        FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
        FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
    ) STRICT;
    CREATE INDEX refunds_payment ON refunds (tenant_id, payment_id);

    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        tenant_id TEXT NOT NULL,
        sender_id TEXT NOT NULL,
        "to" TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at TEXT NOT NULL,
        internal_spam_score INTEGER NOT NULL,
        FOREIGN KEY (tenant_id, sender_id) REFERENCES users (tenant_id, id)
    ) STRICT;

    CREATE TABLE idempotency_keys (
        user_id TEXT NOT NULL REFERENCES users (id),
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        refund_id TEXT NOT NULL REFERENCES refunds (id),
        created_at TEXT NOT NULL,
        PRIMARY KEY (user_id, key)
    ) STRICT;
    """
