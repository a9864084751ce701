package import Core
import Dispatch
import JSON
package import Store
import Synchronization

/// The local users.
package final class Users: Sendable {
    /// What came of a name and a password. All but the first read the same to whoever tried.
    package enum Verification: Sendable, Hashable {
        case verified(User)
        case refused
        case locked(until: Timestamp)
        /// Too many passwords are being checked at this moment.
        case busy
    }

    private let database: any Database
    private let now: @Sendable () -> Timestamp
    private let cost: PasswordHash.Cost
    /// Stands in for users that are unknown, disabled or without a password, so that they take as long.
    private let decoy: PasswordHash
    private let state = Mutex((lockOut: LockOut(), waiting: 0))
    /// One password at a time: each takes 32 MiB and a whole core for a while, and none of the threads that serve.
    private let queue = DispatchQueue(label: "sallyport.passwords")
    private static let maxWaiting = 16

    /// - Parameter database: one on which ``migrate(_:dialect:)`` has run.
    package convenience init(database: any Database, now: @escaping @Sendable () -> Timestamp) {
        self.init(database: database, cost: .standard, now: now)
    }

    init(database: any Database, cost: PasswordHash.Cost, now: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.now = now
        self.cost = cost
        decoy = PasswordHash(decoyOf: cost)
    }

    /// Makes the table where it is missing.
    package static func migrate(_ connection: any SQLConnection, dialect: Dialect) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS users (
                name TEXT NOT NULL PRIMARY KEY,
                tenant TEXT,
                roles TEXT NOT NULL,
                password TEXT,
                created \(dialect.integer) NOT NULL,
                disabled \(dialect.integer) NOT NULL CHECK (disabled IN (0, 1))
            ) \(dialect.tableOptions)
            """)
    }

    /// The table with its columns, to be copied.
    package static let copied: [(table: StaticString, columns: [StaticString])] = [
        ("users", ["name", "tenant", "roles", "password", "created", "disabled"])
    ]

    // MARK: Keeping

    /// Adds a user.
    ///
    /// - Parameters:
    ///   - name: `[a-z0-9][a-z0-9._@+-]{0,127}`; there is no other case to confuse it with.
    ///   - password: at least 10 characters; nil for users who only hold tokens.
    /// - Throws: ``UserFault``.
    @discardableResult
    package func add(_ name: String, tenant: String? = nil, roles: Set<String> = [], password: String? = nil)
        async throws -> User
    {
        guard Self.isName(name) else {
            throw UserFault(
                .invalidName,
                "a name is 1 to 128 of a-z, 0-9, '.', '_', '@', '+' and '-', the first a letter or digit")
        }
        if let tenant, !isIdentifier(tenant) {
            throw UserFault(.invalidTenant, "a tenant has 1 to 256 visible characters")
        }
        try Self.check(roles)
        let hash = try await hash(password)
        let user = User(
            name: name, tenant: tenant, roles: roles, hasPassword: password != nil, created: now(), isDisabled: false)
        let isAdded = try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO users (name, tenant, roles, password, created, disabled)
                VALUES (\(name), \(tenant), \(Self.text(roles)), \(hash), \(user.created), \(0))
                ON CONFLICT (name) DO NOTHING
                """) == 1
        }
        guard isAdded else { throw UserFault(.exists, "user \(name) exists already") }
        return user
    }

    /// All users, by name.
    package func list() async throws -> [User] {
        try await database.read { connection in
            try connection.query("\(Self.columns) ORDER BY name").map { try Self.row($0).user }
        }
    }

    /// - Returns: nil when there is none of this name.
    package func user(_ name: String) async throws -> User? {
        try await row(name)?.user
    }

    /// Disables a user, or enables one again. Tokens that were verified before need ``TokenAuthenticator/flush()``.
    package func setDisabled(_ name: String, _ isDisabled: Bool) async throws {
        try await update(name, "disabled = \(isDisabled ? 1 : 0)")
    }

    package func setRoles(_ name: String, _ roles: Set<String>) async throws {
        try Self.check(roles)
        try await update(name, "roles = \(Self.text(roles))")
    }

    /// - Parameter password: at least 10 characters.
    package func setPassword(_ name: String, _ password: String) async throws {
        try await update(name, "password = \(try await hash(password))")
    }

    /// Whether tokens in this name are honoured: there is such a user, and not disabled.
    package func isActive(_ name: String) async throws -> Bool {
        try await user(name).map { !$0.isDisabled } ?? false
    }

    /// For a ``TokenAuthenticator``: refuses tokens of our own issuer in the name of who is not active any more, and
    /// has no say in those of others.
    package func admission(of issuer: String) -> TokenAuthenticator.Admission {
        { token in
            guard token.principal.issuer.hasSameBytes(as: issuer) else { return true }
            return try await self.isActive(token.principal.user)
        }
    }

    /// The roles of a user: what the configuration says of the name, else what is stored; none for a disabled user.
    package func roles(for name: String, configured: [String: Set<String>]) async throws -> Set<String> {
        let user = try await user(name)
        if let user, user.isDisabled { return [] }
        let configured = configured.first { $0.key.hasSameBytes(as: name) }
        return configured?.value ?? user?.roles ?? []
    }

    // MARK: Passwords

    /// Stands for a user's password: another one is another mark. Nil for who is no user any more, or has none.
    package func passwordMark(of name: String) async throws -> Digest? {
        guard let row = try await row(name), !row.user.isDisabled else { return nil }
        return row.password.map { Digest(of: Array("sallyport/password/\($0.text)".utf8)) }
    }

    /// Checks a name and a password. Takes the same time whether or not there is such a user.
    ///
    /// - Parameter isRemote: whether somebody asks over the network: half of the places are kept for those who are here.
    package func verify(_ name: String, password: String, isRemote: Bool = false) async throws -> Verification {
        guard name.utf8.count <= 256, password.utf8.count <= Self.maxPasswordBytes else { return .refused }
        let row = try await row(name)
        let moment = now()
        let refusal: Verification? = state.withLock { state in
            guard state.waiting < (isRemote ? Self.maxWaiting / 2 : Self.maxWaiting) else { return .busy }
            if let until = state.lockOut.begin(name, isKnown: row != nil, at: moment) { return .locked(until: until) }
            state.waiting += 1
            return nil
        }
        if let refusal { return refusal }
        let stored = row?.user.isDisabled == false ? row?.password : nil
        let matches = await onQueue { [decoy] in (stored ?? decoy).matches(password) }
        state.withLock { $0.waiting -= 1 }
        guard matches, stored != nil, let user = row?.user else { return .refused }
        state.withLock { $0.lockOut.succeed(name) }
        return .verified(user)
    }

    private static let maxPasswordBytes = 1024

    private func hash(_ password: String?) async throws -> String? {
        guard let password else { return nil }
        guard password.unicodeScalars.count >= 10, password.utf8.count <= Self.maxPasswordBytes else {
            throw UserFault(.weakPassword, "a password has 10 or more characters, and at most 1024 bytes")
        }
        return try await onQueue { [cost] in Result { try PasswordHash(password, cost: cost).text } }.get()
    }

    private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    // MARK: Rows

    private static let columns: SQL = "SELECT name, tenant, roles, password, created, disabled FROM users"

    private func row(_ name: String) async throws -> (user: User, password: PasswordHash?)? {
        try await database.read { connection in
            try connection.query("\(Self.columns) WHERE name = \(name)").first.map(Self.row)
        }
    }

    private func update(_ name: String, _ change: SQL) async throws {
        let count = try await database.write { connection in
            try connection.execute("UPDATE users SET \(change) WHERE name = \(name)")
        }
        guard count == 1 else { throw UserFault(.unknown, "there is no user \(name)") }
    }

    private static func row(_ values: [SQLValue]) throws -> (user: User, password: PasswordHash?) {
        guard
            values.count == 6, let name = values[0].text, let roles = values[2].text,
            let list = (try? JSONParser.parse(roles))?.array?.map(\.string), !list.contains(nil),
            let created = values[4].int, let disabled = values[5].int
        else { throw UserFault(.unavailable, "a user's row is not readable") }
        let user = User(
            name: name, tenant: values[1].text, roles: Set(list.compactMap { $0 }), hasPassword: values[3] != .null,
            created: Timestamp(microseconds: Int64(created)), isDisabled: disabled != 0)
        return (user, values[3].text.flatMap { PasswordHash($0) })
    }

    private static func text(_ roles: Set<String>) -> String {
        JSONValue.array(roles.sorted().map { .string($0) }).text
    }

    /// Whether a local user can have this name.
    package static func isName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                    index > 0
                default: false
                }
            }
    }

    /// Whether a local user can have these roles.
    package static func areRoles(_ roles: Set<String>) -> Bool {
        roles.allSatisfy { isIdentifier($0) && !$0.utf8.contains(0x20) }
    }

    private static func check(_ roles: Set<String>) throws(UserFault) {
        guard areRoles(roles) else {
            throw UserFault(.invalidRole, "a role has 1 to 256 visible characters and no space")
        }
    }
}
