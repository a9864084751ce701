import Foundation
import GRDB
import HTTPTypes
import Hummingbird

struct Refund: Record {
    var seq: Int64
    var id: String
    var tenantId: String
    var paymentId: String
    var amount: Money
    var currency: String
    var reason: String?
    var createdBy: String
    var createdAt: String
    var processorToken: String
}

struct NewRefund: Decodable, Sendable {
    var amount: Decimal
    var currency: String
    var reason: String?

    func check() throws -> Money {
        var checks = FieldChecks()
        let money = checks.positiveAmount(amount, "amount")
        checks.require(["EUR", "USD", "GBP"].contains(currency), "currency", "must be one of EUR, USD, GBP")
        checks.requireText(reason ?? "-", "reason", upTo: 500)
        try checks.finish()
        // INVARIANT: without an amount, `finish` has thrown; the table refuses a refund of nothing anyway.
        return money ?? Money(cents: 0)
    }
}

struct Refunds {
    let database: DatabaseQueue

    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("payments/{paymentId}/refunds", use: list)
        api.post("payments/{paymentId}/refunds", use: create)
    }

    @Sendable private func list(request: Request, context: SignedInRequestContext) async throws -> Page<Refund> {
        let page = try PageRequest(request)
        let paymentId = try context.pathParameter("paymentId")
        return try await database.read { db in
            let payment = try Payment.find(paymentId, of: context.user, in: db)
            return try page.fetch(
                "SELECT * FROM refunds WHERE tenant_id = \(payment.tenantId) AND payment_id = \(payment.id)", in: db)
        }
    }

    /// With an `Idempotency-Key`, a repeat answers with the first refund; without one, every request is a refund.
    @Sendable private func create(
        request: Request,
        context: SignedInRequestContext,
    ) async throws -> EditedResponse<Refund> {
        let paymentId = try context.pathParameter("paymentId")
        let body = try await request.decode(as: NewRefund.self, context: context)
        let amount = try body.check()
        let arguments = [paymentId, "\(amount.cents)", body.currency, body.reason ?? ""]
        let key = try IdempotencyKey(request, of: context.user, for: arguments)
        let (refund, isReplay) = try await database.write { db in
            if let earlier = try key?.earlierRefund(in: db) { return (earlier, true) }
            let refund = try Self.refund(amount, body, of: paymentId, by: context.user, in: db)
            try key?.remember(refund, in: db)
            return (refund, false)
        }
        var headers: HTTPFields = [.location: "/payments/\(paymentId)/refunds"]
        if isReplay, let name = HTTPField.Name("Idempotency-Replayed") { headers[name] = "true" }
        return EditedResponse(status: .created, headers: headers, response: refund)
    }

    private static func refund(
        _ amount: Money,
        _ body: NewRefund,
        of paymentId: String,
        by user: User,
        in db: Database,
    ) throws -> Refund {
        let payment = try Payment.find(paymentId, of: user, in: db)
        guard body.currency == payment.currency else {
            let error = Problem.FieldError(field: "currency", message: "must be \(payment.currency) like the payment")
            throw Problem(.unprocessableContent, "The request is not valid.", errors: [error])
        }
        let left = Money(cents: payment.amount.cents - payment.refunded.cents)
        guard amount <= left else {
            throw Problem(.conflict, "Only \(left.decimal) \(payment.currency) of this payment can be refunded.")
        }
        let status: Payment.Status = amount == left ? .refunded : .partiallyRefunded
        try db.execute(
            literal:
                "UPDATE payments SET refunded = refunded + \(amount), status = \(status) WHERE seq = \(payment.seq)"
        )
        return try Refund.fetchReturned(
            db,
            """
            INSERT INTO refunds
                (id, tenant_id, payment_id, amount, currency, reason, created_by, created_at, processor_token)
            VALUES (\(newIdentifier("ref")), \(user.tenantId), \(payment.id), \(amount), \(body.currency),
                \(body.reason), \(user.id), \(timestamp()), \(newIdentifier("tok")))
            RETURNING *
            """)
    }
}
