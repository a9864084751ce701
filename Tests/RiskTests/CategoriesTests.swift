import Risk
import Testing

@Suite struct CategoriesTests {
    @Test(arguments: [
        ("refund_payment", "financial"), ("delete_order", "destructive"), ("assign_role", "administrative"),
        ("create_api_key", "credential"), ("send_email", "communication"), ("bulk_update_contacts", "bulk"),
        ("deploy_site", "deployment"), ("schedule_email_campaign", "bulk,communication"),
        ("delete_payment_method", "destructive,financial"), ("create_note", ""), ("list_notes", ""),
    ])
    func `a change gets the categories of its words`(name: String, categories: String) {
        let risk = classify(RiskSubject(name: name))
        let found = risk.categories.sorted().map(\.rawValue).joined(separator: ",")
        #expect(found == categories, "\(name): \(risk.reasons)")
    }

    @Test func `amounts in the body make it financial`() {
        let risk = classify(
            RiskSubject(
                name: "createThing", method: "POST", path: "/payments/{id}/refunds", fields: ["amount", "currency"]))
        #expect(risk.categories.contains(.financial))
        let evidence = risk.evidence.filter { $0.hasPrefix("financial: ") }
        #expect(evidence == [#"financial: path ends in "/refunds"; body has "amount" and "currency""#])
    }

    @Test func `showing a secret is no plain read`() {
        for name in ["get_secret_value", "reveal_password", "get_api_key", "read_credential"] {
            #expect(classify(RiskSubject(name: name)).suggestedBucket == .never, "\(name)")
        }
        let answers = RiskSubject(
            name: "getConnection", method: "GET", path: "/connections/{id}", answerFields: ["id", "client_secret"])
        #expect(classify(answers).suggestedBucket == .never)
    }

    @Test func `a token that marks a page is no secret`() {
        let paged = RiskSubject(
            name: "listOrders", method: "GET", path: "/orders", fields: ["page_token", "limit"],
            answerFields: ["orders", "next_page_token"])
        let risk = classify(paged)
        #expect(risk.suggestedBucket == .read)
        #expect(risk.categories.isEmpty, "\(risk.reasons)")
        #expect(classify(RiskSubject(name: "count_tokens")).categories.isEmpty)
    }

    @Test func `one exported document is no full export`() {
        let one = classify(RiskSubject(name: "exportFile", method: "GET", path: "/files/{id}/export"))
        #expect(one.suggestedBucket == .read, "\(one.reasons)")
        let all = classify(RiskSubject(name: "exportFiles", method: "GET", path: "/files/export"))
        #expect(all.suggestedBucket == .never, "\(all.reasons)")
        let tenant = RiskSubject(
            name: "exportTenant", method: "GET", path: "/export", description: "Export the tenant's data.")
        #expect(classify(tenant).level == .readOnly)
        #expect(classify(tenant).suggestedBucket == .never)
    }

    @Test func `what cannot be taken back is said`() {
        for name in ["delete_order", "refund_payment", "send_email"] {
            #expect(classify(RiskSubject(name: name)).effect == .potentiallyIrreversible, "\(name)")
        }
        #expect(classify(RiskSubject(name: "rename_folder")).effect == .dataChange)
    }
}
