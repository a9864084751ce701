import ArgumentParser
import Core
import Engine
import Evidence
import Foundation
import Identity
import Settings
import Store
import TransparencyLog
import Vault

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move the journal and everything beside it from SQLite into PostgreSQL.",
        discussion: """
            Takes the database in the data directory of the configuration, which no server may use meanwhile, and copies it into the \
            empty database that the URL names. The log goes along and is verified there. The file stays as it is. Afterwards add \
            'database: URL' to the configuration.
            """)

    @Argument(
        help:
            "The database, such as postgresql://user@host/name?sslmode=verify-full; a password comes from the environment."
    )
    var url: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        if let problem = checkDatabaseURL(url) { throw CommandError(problem.message, hint: problem.hint) }
        let configuration = try loadOrExplain(options.config)
        let path = configuration.dataDirectory + "/" + DataDirectory.database
        let lock: DatabaseLock
        do throws(DatabaseLocked) {
            lock = try DatabaseLock.acquire(path)
        } catch {
            throw CommandError("a process owns '\(path)'", hint: "Stop the server first.")
        }
        defer { withExtendedLifetime(lock) {} }
        guard FileManager.default.fileExists(atPath: path) else { throw CommandError("there is no '\(path)'") }
        do {
            // Opened to be brought to this version first.
            let source = try SQLiteDatabase(path: path)
            try await Schema.migrate(source)
            let running = try await SQLJournal.open(source).calls(in: .admitted, limit: 1)
            guard running.isEmpty else {
                throw CommandError(
                    "a call has no outcome yet, and no process of the other database would look for it",
                    hint: "Start the server once more as it is, and stop it: it settles what was left.")
            }
            let target = try PostgreSQLDatabase(
                PostgreSQLSettings(
                    url: url, password: ProcessInfo.processInfo.environment["SALLYPORT_DATABASE_PASSWORD"]))
            for database in [source, target] as [any Database] {
                try await Schema.migrate(database)
                let dialect = database.dialect
                try await database.write { connection in
                    try Users.migrate(connection, dialect: dialect)
                    try VaultTables.migrate(connection, dialect: dialect)
                }
            }
            try await copyDatabase(source, to: target, extra: VaultTables.copied + Users.copied) { table, count in
                note("\(table): \(count)")
            }
            try await source.close()
            try await verify(target, configuration.dataDirectory)
            try await target.close()
        } catch let fault as JournalFault {
            throw CommandError("it could not be moved: \(fault.detail)")
        }
    }

    private func verify(_ target: PostgreSQLDatabase, _ directory: String) async throws {
        guard let data = FileManager.default.contents(atPath: directory + "/" + DataDirectory.logKey),
            let text = String(decoding: data, as: UTF8.self).split(separator: "\n").first,
            let key = NoteKey(String(text)),
            try await LogReader(target).checkpoint() != nil
        else {
            show("Moved. Nothing was sealed yet.")
            return
        }
        var verifier = Verifier(keys: [key])
        for try await line in LogReader(target).wholeEvidence(origin: key.name, key: key.text) { verifier.take(line) }
        let result = verifier.finish()
        guard result.isSound else {
            throw CommandError(
                "the copy does not verify: \(result.first?.detail ?? "")", hint: "The file is as it was; drop the copy."
            )
        }
        show("Moved. The log verifies there: \(result.entries) entries, \(result.checkpoints) checkpoints.")
    }
}
