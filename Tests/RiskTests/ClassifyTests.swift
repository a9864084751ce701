import Risk
import Testing

/// Levels and buckets of operations as their authors write them.
@Suite struct ClassifyTests {
    @Test(arguments: [
        ("listDeals", "GET", "/deals", Risk.Level.readOnly, Bucket.read),
        ("createRefund", "POST", "/payments/{id}/refunds", .sideEffect, .write),
        ("searchCustomers", "POST", "/customers/search", .readOnly, .read),
        ("deleteCustomer", "DELETE", "/customers/{id}", .critical, .write),
        ("bulkDeleteCustomers", "POST", "/customers/bulk-delete", .critical, .never),
        ("bulkCreateCustomers", "POST", "/customers/bulk-create", .sideEffect, .write),
        ("batchGetCustomers", "POST", "/customers:batchGet", .readOnly, .read),
        ("exportAll", "GET", "/export", .readOnly, .never),
        ("exportCustomers", "POST", "/customers/export", .critical, .never),
        ("rotateKey", "POST", "/keys/{id}/rotate", .critical, .never),
        ("addUserRole", "PUT", "/users/{id}/roles", .critical, .never),
        ("removeMember", "GET", "/members/remove", .critical, .never),
        ("check_and_pay", "POST", "/payments/{id}/check_and_pay", .sideEffect, .write),
        ("queryAndPurge", "POST", "/records", .critical, .write),
        ("getOrCreateThing", "GET", "/things/{id}", .sideEffect, .write),
        ("message_send", "GET", "/messages/send", .sideEffect, .write),
        ("getPost", "GET", "/posts/{id}", .readOnly, .read),
        ("doSomething", "POST", "/thing", .sideEffect, .write),
        ("updatePaymentMethod", "PUT", "/payment-methods/{id}", .critical, .never),
        ("updateSecuritySettings", "PATCH", "/security/settings", .critical, .never),
        ("deployRelease", "POST", "/releases/{id}/deploy", .critical, .write),
    ])
    func `an operation gets its level and bucket`(
        name: String, method: String, path: String, level: Risk.Level, bucket: Bucket
    ) {
        let risk = classify(RiskSubject(name: name, method: method, path: path))
        #expect(risk.level == level, "\(name): \(risk.reasons)")
        #expect(risk.suggestedBucket == bucket, "\(name): \(risk.reasons)")
        #expect(!risk.evidence.isEmpty)
    }

    @Test(arguments: [
        "deployments_list", "payment_methods list", "get_deleted_items", "get_archived_projects", "getHTTPSUrl",
        "list_scheduled_jobs", "users.messages.list", "AdminGetUser", "BatchGetItem", "whoami", "is_blocked",
        "hasPermission", "order_history", "cluster.stats", "issue_read", "file_search", "acme_list_alerts",
        "Get Generate Recommendations status", "ListCreateAccountStatus", "get_release", "list_order_updates",
        "getLastUpdate", "transfer_history", "validate_address", "count", "repos/list-for-org",
    ])
    func `a name that only reads is a read`(name: String) {
        let risk = classify(RiskSubject(name: name))
        #expect(risk.level == .readOnly, "\(name): \(risk.reasons)")
        #expect(risk.effect == .none)
    }

    @Test(arguments: [
        "purge_cache", "archiveProject", "void_invoice", "deactivate-account", "wipe_device", "impersonate_user",
        "expunge_record", "decommission_server", "evict_pod", "drain_node", "burn_tokens", "escheat_giftcard",
        "chargeback_create", "unsubscribe_email", "settleBatch", "remit_payment", "mint_token", "promote_replica",
        "failoverDatabase", "order_cancel", "report_delete", "list_delete", "confirm_delete_account", "users.delete",
        "CreateOrUpdateThing", "get_and_reset", "find_and_replace", "findOneAndDelete", "set_status", "update_status",
        "UpdateLookupTable", "UpdateComputeEnvironment", "StartCanaryDryRun", "release_version", "page_evaluate",
        "execute_sql", "UnArchive", "setUp", "logOut", "turn_off_light", "frobnicate", "handler", "", "💥", "délétion",
        "getTemporaryCredentials", "schedule_key_deletion", "return_order",
    ])
    func `a name that changes something, or says nothing, is no read`(name: String) {
        let risk = classify(RiskSubject(name: name))
        #expect(risk.level != .readOnly, "\(name): \(risk.reasons)")
        #expect(risk.suggestedBucket != .read)
    }

    @Test(arguments: [
        ("deleteUser", true), ("purgeQueue", true), ("terminateInstance", true), ("runCommand", true),
        ("write_file", true), ("createUser", true), ("grantAccess", true), ("putResourcePolicy", true),
        ("rotateSecret", true), ("publishSite", true), ("createNote", false), ("addComment", false),
        ("renameFolder", false), ("sendMessage", false), ("updateLifecyclePolicy", false),
        ("createLogGroup", false), ("updateUserPreferences", false), ("updateCurrentUser", false),
    ])
    func `what destroys, rules, unlocks or goes live is critical`(name: String, isCritical: Bool) {
        let risk = classify(RiskSubject(name: name))
        #expect((risk.level == .critical) == isCritical, "\(name): \(risk.reasons)")
    }

    @Test func `nothing known is a side effect of low confidence`() {
        for subject in [RiskSubject(name: "frobnicate"), RiskSubject(name: "")] {
            let risk = classify(subject)
            #expect(risk.level == .sideEffect)
            #expect(risk.confidence == .low)
        }
    }

    @Test func `a POST reads only when name, path and description agree`() {
        let path = "/directory/getMemberGroups"
        #expect(classify(RiskSubject(name: "getMemberGroups", method: "POST", path: path)).level == .readOnly)
        let contradicted = RiskSubject(
            name: "getMemberGroups", method: "POST", path: path, description: "Creates the groups of a member.")
        #expect(classify(contradicted).level > .readOnly)
        let described = RiskSubject(
            name: "runReport", method: "POST", path: "/reports:runReport", description: "Returns a report.")
        #expect(classify(described).level == .readOnly)
        #expect(classify(RiskSubject(name: "reports", method: "POST", path: "/reports")).level == .sideEffect)
    }

    @Test(arguments: [
        ("linkDeliveryGet", "/link_delivery/get", "Get a delivery.", Risk.Level.readOnly),
        ("linkDeliveryGet", "/link_delivery", "Get a delivery.", .sideEffect),
        ("linkDeliveryGet", "/link_delivery/get", "Links a delivery.", .sideEffect),
        ("deleteAndGet", "/cache/get", "Gets the entry.", .critical),
        ("createOrGet", "/cache/get", "Gets the entry.", .sideEffect),
        ("post_orders_search", "/orders/search", "Finds orders.", .readOnly),
        ("post_orders", "/orders", "", .sideEffect),
    ])
    func `path and description say which verb of a name is meant`(
        name: String, path: String, description: String, level: Risk.Level
    ) {
        #expect(classify(RiskSubject(name: name, method: "POST", path: path, description: description)).level == level)
    }

    @Test func `scopes weigh`() {
        var subject = RiskSubject(name: "evaluateOrder", method: "POST", path: "/orders/{id}/evaluate")
        #expect(classify(subject).level == .sideEffect)
        subject.securityScopes = ["orders:read"]
        #expect(classify(subject).level == .readOnly)
        subject = RiskSubject(name: "searchOrders", method: "POST", path: "/orders/search")
        subject.securityScopes = ["orders.write"]
        #expect(classify(subject).level == .sideEffect)
    }
}
