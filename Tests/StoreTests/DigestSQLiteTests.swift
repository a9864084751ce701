import Core
import Engine
import Foundation
import Testing

@testable import Store

@Suite struct DigestSQLiteTests {
    private func digest(after statements: [SQL]) async throws -> Digest {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase(path: directory.database)
        try await database.write { connection in
            try connection.execute("CREATE TABLE pairs (a, b, PRIMARY KEY (b, a)) WITHOUT ROWID")
            try connection.execute("CREATE TABLE \"odd \"\"name\" (value)")
            for statement in statements { try connection.execute(statement) }
        }
        let digest = try digestSQLite(directory.database)
        try await database.close()
        return digest
    }

    @Test func `the order in which rows came does not count, nor do the parts of a backup`() async throws {
        let digest = try await digest(
            after: ["INSERT INTO pairs VALUES (1, 2)", "INSERT INTO pairs VALUES (2, 1)"])
        let other = try await self.digest(
            after: [
                "INSERT INTO pairs VALUES (2, 1)", "INSERT INTO pairs VALUES (1, 2)",
                "CREATE TABLE backup (name TEXT NOT NULL PRIMARY KEY)", "INSERT INTO backup VALUES ('a')",
            ])
        #expect(digest == other)
    }

    @Test func `every other state has a digest of its own`() async throws {
        let states: [[SQL]] = [
            [], ["INSERT INTO pairs VALUES (1, 2)"], ["INSERT INTO pairs VALUES (12, 0)"],
            ["INSERT INTO pairs VALUES ('1', 2)"], ["INSERT INTO pairs VALUES (x'31', 2)"],
            ["INSERT INTO pairs VALUES (1.5, 2)"], ["INSERT INTO pairs VALUES ('', 2)"],
            ["INSERT INTO pairs VALUES (x'', 2)"], ["INSERT INTO pairs VALUES ('ab', 'c')"],
            ["INSERT INTO pairs VALUES ('a', 'bc')"], ["INSERT INTO \"odd \"\"name\" VALUES (NULL)"],
            ["INSERT INTO \"odd \"\"name\" VALUES (NULL), (NULL)"], ["INSERT INTO \"odd \"\"name\" VALUES (0)"],
            // Behind a zero, and what is no UTF-8.
            ["INSERT INTO pairs VALUES (CAST(x'610062' AS TEXT), 2)"],
            ["INSERT INTO pairs VALUES (CAST(x'610063' AS TEXT), 2)"],
            ["INSERT INTO pairs VALUES (CAST(x'ff' AS TEXT), 2)"],
            ["INSERT INTO pairs VALUES (CAST(x'fe' AS TEXT), 2)"],
            ["CREATE TABLE pairs2 (a)"], ["CREATE INDEX pairs_a ON pairs (a)"],
            ["CREATE TRIGGER t AFTER INSERT ON pairs BEGIN DELETE FROM pairs; END"],
        ]
        var digests: Set<Digest> = []
        for state in states {
            digests.insert(try await digest(after: state))
        }
        #expect(digests.count == states.count)
    }
}
