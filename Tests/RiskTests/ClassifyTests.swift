import Risk
import Testing

@Suite struct ClassifyTests {
    @Test(arguments: [
        ("listDeals", "GET", "/deals", Risk.Level.readOnly, Bucket.read),
        ("createRefund", "POST", "/payments/{id}/refunds", .sideEffect, .write),
        ("searchCustomers", "POST", "/customers/search", .readOnly, .read),
        ("deleteCustomer", "DELETE", "/customers/{id}", .critical, .write),
        ("bulkDeleteCustomers", "POST", "/customers/bulk-delete", .critical, .never),
        ("exportAll", "GET", "/export", .readOnly, .never),
        ("rotateKey", "POST", "/keys/{id}/rotate", .critical, .never),
        ("addUserRole", "PUT", "/users/{id}/roles", .critical, .never),
        ("removeMember", "GET", "/members/remove", .critical, .never),
        ("check_and_pay", "POST", "/payments/{id}/check_and_pay", .sideEffect, .write),
        ("queryAndPurge", "POST", "/records", .critical, .write),
        ("getOrCreateThing", "GET", "/things/{id}", .sideEffect, .write),
        ("message_send", "GET", "/messages/send", .sideEffect, .write),
        ("getPost", "GET", "/posts/{id}", .readOnly, .read),
        ("doSomething", "POST", "/thing", .sideEffect, .write),
    ])
    func `an operation gets its level and bucket`(
        name: String, method: String, path: String, level: Risk.Level, bucket: Bucket
    ) {
        let risk = classify(RiskSubject(name: name, method: method, path: path))
        #expect(risk.level == level, "\(risk.evidence)")
        #expect(risk.suggestedBucket == bucket, "\(risk.evidence)")
        #expect(!risk.evidence.isEmpty)
    }

    @Test func `nothing known is a side effect of low confidence`() {
        let risk = classify(RiskSubject(name: "frobnicate"))
        #expect(risk.level == .sideEffect)
        #expect(risk.confidence == .low)
    }

    @Test func `amounts in the body make it financial`() {
        let risk = classify(RiskSubject(name: "createThing", method: "POST", path: "/things", fields: ["amount"]))
        #expect(risk.categories.contains(.financial))
    }
}
