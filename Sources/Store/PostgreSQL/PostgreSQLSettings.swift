/// Where a PostgreSQL database is, and how long is waited for it.
package struct PostgreSQLSettings: Sendable, Hashable {
    /// A connection URI as libpq takes it, without a password: `postgresql://user@host:port/name?sslmode=verify-full`. It may
    /// name several hosts, with `target_session_attrs=read-write`.
    package var url: String
    /// Nil where the server asks for none, or a password file has it (`~/.pgpass`).
    package var password: String?
    /// How long a statement may take, in milliseconds.
    package var statementMilliseconds = 15_000
    /// How long after that the server has to say that it took too long, in milliseconds. One that does not is given up.
    package var graceMilliseconds = 10_000
    /// How many connections read.
    package var readers = 3

    package init(url: String, password: String? = nil) {
        self.url = url
        self.password = password
    }
}
