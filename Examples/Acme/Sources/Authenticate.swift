import Crypto
import GRDB
import HTTPTypes
import Hummingbird

/// Finds the user of the `X-Api-Key` header; a missing key leaves the request anonymous, a wrong one is refused.
struct Authenticate: RouterMiddleware {
    let database: DatabaseQueue

    func handle(
        _ request: Request,
        context: AcmeRequestContext,
        next: @concurrent (Request, AcmeRequestContext) async throws -> Response,
    ) async throws -> Response {
        guard let key = request.headers.value(named: "X-Api-Key") else { return try await next(request, context) }
        let hash = apiKeyHash(key)
        let user = try await database.read { db in
            try SQLRequest<User>(
                literal: """
                    SELECT seq, id, tenant_id, name, email, role, password_hash FROM users
                    WHERE api_key_hash = \(hash)
                    """
            ).fetchOne(db)
        }
        guard let user else { throw Problem.unauthorized }
        var context = context
        context.caller = user
        return try await next(request, context)
    }
}

/// Keys are random and long, so a plain SHA-256 of one is enough to keep it out of the database.
func apiKeyHash(_ key: String) -> String {
    hexadecimal(SHA256.hash(data: Array(key.utf8)))
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

extension HTTPFields {
    func value(named name: String) -> String? {
        HTTPField.Name(name).flatMap { self[$0] }
    }
}
