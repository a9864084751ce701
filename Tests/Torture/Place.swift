import Engine
import Foundation
import Store
import Synchronization

/// Where the journal of a story is kept: a file in its folder, or a database on a PostgreSQL server.
struct Place {
    let folder: String
    /// The URL of an empty database; nil for SQLite.
    let url: String?

    /// The journal as a process has it that shares the database with others, or has a file for itself.
    func open() async throws -> (database: any Database, journal: SQLJournal, leave: () async -> Void) {
        guard let url else {
            let database = try SQLiteDatabase(path: folder + "/journal.sqlite")
            return (database, try await SQLJournal.open(database), {})
        }
        let settings = PostgreSQLSettings(url: url)
        let database = try PostgreSQLDatabase(settings)
        try await Schema.migrate(database)
        let membership = try await Membership.join(settings, database, report: { _ in }, hear: { _ in })
        let journal = try await SQLJournal.open(database, process: membership.id)
        try await journal.takeOrders {}
        return (database, journal, { await membership.leave() })
    }
}

/// Databases on one server, each for one story at a time and emptied before it.
final class Databases: Sendable {
    private let server: String
    private let free = Mutex<[String]>([])
    private let count = Mutex(0)

    /// - Parameter server: a URL of the server, with a database that there is.
    init(_ server: String) {
        self.server = server
    }

    func use<Result>(_ body: (String) throws -> Result) throws -> Result {
        let url = try take()
        defer { giveBack(url) }
        return try body(url)
    }

    /// The URL of an empty database.
    func take() throws -> String {
        let url = try free.withLock({ $0.popLast() }) ?? make()
        try empty(url)
        return url
    }

    func giveBack(_ url: String) {
        free.withLock { $0.append(url) }
    }

    /// Empties a database.
    func empty(_ url: String) throws {
        try psql(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    }

    private func make() throws -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let name = "torture_\(getpid())_\(number)"
        try psql(server, "CREATE DATABASE \(name)")
        return server.replacing("/sallyport?", with: "/\(name)?")
    }

    /// Takes the databases away.
    func drop() {
        for url in free.withLock({ $0 }) {
            let name = url.split(separator: "/").last?.split(separator: "?").first.map(String.init) ?? ""
            try? psql(server, "DROP DATABASE \(name) WITH (FORCE)")
        }
    }

    private func psql(_ url: String, _ statements: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/psql")
        process.arguments = ["-qX", url] + statements.flatMap { ["-c", $0] }
        process.environment = ProcessInfo.processInfo.environment.merging(["PGOPTIONS": "-cclient_min_messages=error"])
        {
            $1
        }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(detail: "psql failed on \(statements)") }
    }

    struct Failure: Error {
        let detail: String
    }
}
