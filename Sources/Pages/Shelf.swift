package import Core
package import JSON
package import TransparencyLog

/// What the pages serve of the log, for whoever checks it (C2SP tlog-tiles).
package struct Shelf: Sendable {
    /// Whether anybody may read it; else who has the role `auditor`.
    package var isPublic: @Sendable () -> Bool
    package var checkpoint: @Sendable () async throws -> String?
    /// The bytes of a tile or of a bundle of entries; nil where there are not so many.
    package var bytes: @Sendable (Tile.Path) async throws -> [UInt8]?
    /// Evidence of a call for a person who has to do with it, in lines; nil where there is none for them.
    package var receipt: @Sendable (CallID, Desk.Person) async throws -> [UInt8]?
    /// What a person may see of the journal, newest first, by the parameters of a query. Throws a ``Refusal`` for a query that is none.
    package var search: @Sendable ([String: String], Desk.Person) async throws -> JSONValue

    package init(
        isPublic: @escaping @Sendable () -> Bool = { false },
        checkpoint: @escaping @Sendable () async throws -> String? = { nil },
        bytes: @escaping @Sendable (Tile.Path) async throws -> [UInt8]? = { _ in nil },
        receipt: @escaping @Sendable (CallID, Desk.Person) async throws -> [UInt8]? = { _, _ in nil },
        search: @escaping @Sendable ([String: String], Desk.Person) async throws -> JSONValue = { _, _ in
            ["entries": []]
        }
    ) {
        self.isPublic = isPublic
        self.checkpoint = checkpoint
        self.bytes = bytes
        self.receipt = receipt
        self.search = search
    }
}

/// The role that may read everything that is recorded.
package let auditorRole = "auditor"

/// The role that may read who did what, and nothing of what was in it.
package let administratorRole = "admin"

extension Reception {
    /// Answers below `/log/`: checkpoints change, tiles never do.
    func answerLog(_ request: PageRequest) async -> PageReply {
        guard request.method == "GET" else { return plain("The log is only read.", 405) }
        if !desk.shelf.isPublic() {
            guard let person = await person(of: request) else {
                var reply = plain("Sign in, or send your name and password.", 401)
                reply.headers.append(("WWW-Authenticate", "Basic realm=\"Sallyport log\", charset=\"UTF-8\""))
                return reply
            }
            guard person.roles.contains(auditorRole) else {
                return plain("Reading the log takes the role auditor.", 403)
            }
        }
        let path = String(request.path.dropFirst("/log/".utf8.count))
        do {
            if path == "checkpoint" {
                return try await desk.shelf.checkpoint().map { plain($0, 200) } ?? plain("Nothing is sealed yet.", 404)
            }
            guard let tile = Tile.read(path: path), let bytes = try await desk.shelf.bytes(tile) else {
                return plain("There is nothing at this address.", 404)
            }
            return PageReply(status: 200, headers: [("Content-Type", "application/octet-stream")], body: bytes)
        } catch {
            return plain("The log cannot be read now.", 503)
        }
    }

    private func plain(_ text: String, _ status: Int) -> PageReply {
        PageReply(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }
}
