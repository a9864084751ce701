import Foundation
import Synchronization

@testable import Store

/// The server that `scripts/test` starts; tests get a schema each.
enum PostgreSQLServer {
    static let url = ProcessInfo.processInfo.environment["SALLYPORT_TEST_POSTGRESQL"]

    static var isThere: Bool { url != nil }

    private static let count = Mutex(0)

    /// A schema that nobody else uses, made anew.
    static func schema() async throws -> PostgreSQLSettings {
        guard let url else { throw CancellationError() }
        let number = count.withLock { count in
            count += 1
            return count
        }
        let name = "t_\(UInt32.random(in: 0 ... .max))_\(number)"
        let database = try PostgreSQLDatabase(PostgreSQLSettings(url: url))
        try await database.write { try $0.execute(SQL(unescaped: "CREATE SCHEMA \(name)")) }
        try await database.close()
        return PostgreSQLSettings(url: url + "&options=-csearch_path%3D\(name)")
    }
}
