import ArgumentParser
import Foundation
import GRDB
import Hummingbird

/// `acme serve`: stdout gets exactly one line, once the socket is bound; everything else goes to stderr.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the API on 127.0.0.1.")

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 9400

    @Option(help: "Path of the SQLite database, created when missing.")
    var database: String

    @Flag(help: "Fill an empty database with the demo tenants.")
    var seed = false

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be between 0 and 65535.") }
    }

    func run() async throws {
        let queue = try openDatabase(at: database)
        if seed {
            let inserted = try await queue.write { db in try Seed.insert(into: db) }
            if inserted { Self.printKeys() }
        }
        let application = makeApplication(database: queue, port: port) { boundPort in
            FileHandle.standardOutput.write(Data("acme: listening on http://127.0.0.1:\(boundPort)\n".utf8))
        }
        try await application.runService()
    }

    private static func printKeys() {
        for person in Seed.people {
            let line = "acme: seeded \(person.name), \(person.role.rawValue) of \(person.tenantId): \(person.apiKey)\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }
}
