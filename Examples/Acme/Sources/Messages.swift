import GRDB
import Hummingbird

struct Message: Record {
    var seq: Int64
    var id: String
    var tenantId: String
    var senderId: String
    var to: String
    var subject: String
    var body: String
    var createdAt: String
    var internalSpamScore: Int
}

struct NewMessage: Decodable, Sendable {
    var to: String
    var subject: String
    var body: String

    func check() throws {
        var checks = FieldChecks()
        checks.requireEmail(to, "to")
        checks.requireText(subject, "subject", upTo: 200)
        checks.requireText(body, "body", upTo: 20_000)
        try checks.finish()
    }
}

struct Messages {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("messages", use: list)
        api.post("messages", use: send)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Message> {
        let page = try PageRequest(request)
        return try await database.read { db in
            try page.fetch("SELECT * FROM messages WHERE tenant_id = \(context.user.tenantId)", in: db)
        }
    }

    @Sendable private func send(
        request: Request,
        context: SignedInRequestContext,
    ) async throws -> EditedResponse<Message> {
        let message = try await request.decode(as: NewMessage.self, context: context)
        try message.check()
        let user = context.user
        let sent = try await database.write { db in
            try Message.fetchReturned(
                db,
                """
                INSERT INTO messages (id, tenant_id, sender_id, "to", subject, body, created_at, internal_spam_score)
                VALUES (\(newIdentifier("msg")), \(user.tenantId), \(user.id), \(message.to), \(message.subject),
                    \(message.body), \(timestamp()), 0)
                RETURNING *
                """)
        }
        return EditedResponse(status: .created, response: sent)
    }
}
