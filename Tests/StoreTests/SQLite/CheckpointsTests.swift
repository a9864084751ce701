import Engine
import Glibc
import Store
import Testing

@Suite struct CheckpointsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Nothing else moves pages while the database is open: SQLite's own checkpoints are switched off.
    @Test func `what the log holds reaches the file while the database is in use`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        try await database.write { try $0.execute("CREATE TABLE t (a TEXT) STRICT") }
        let text = String(repeating: "x", count: 2000)
        let before = size(directory.database)
        var rounds = 0
        // Bounded; the runs are on a thread of their own, so how many rounds it takes is not certain.
        while size(directory.database) < before + (1 << 20), rounds < 40 {
            rounds += 1
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<500 {
                    group.addTask {
                        _ = try await database.write { try $0.execute("INSERT INTO t VALUES (\(text))") }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(size(directory.database) >= before + (1 << 20))
        let written = rounds * 500
        let count = try await database.read { try $0.query("SELECT COUNT(*) FROM t") }
        #expect(count == [[.integer(written)]])
        #expect(try await database.read { try $0.query("PRAGMA integrity_check") } == [[.text("ok")]])
        try await database.close()
    }

    private func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
