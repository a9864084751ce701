/// Tries whether a database takes writes: what it writes is on disk before it says so, like every record.
package struct Probe: Sendable {
    private let database: any Database
    /// Processes that share a database have a row each.
    private let process: Int

    package init(_ database: any Database, process: Int?) {
        self.database = database
        self.process = process ?? 0
    }

    package static func migrate(_ database: any Database) async throws {
        let integer = database.dialect.integer
        let options = database.dialect.tableOptions
        try await database.write { connection in
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS probes (id \(integer) PRIMARY KEY, times \(integer) NOT NULL) \(options)")
        }
    }

    package func run() async throws {
        let process = process
        try await database.write { connection in
            // Another value each time, or nothing would have to be written.
            try connection.execute(
                """
                INSERT INTO probes (id, times) VALUES (\(process), 1)
                ON CONFLICT (id) DO UPDATE SET times = probes.times + 1
                """)
        }
    }
}
