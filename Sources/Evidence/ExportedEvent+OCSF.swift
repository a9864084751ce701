import Core
package import JSON

extension ExportedEvent {
    /// An API Activity of OCSF 1.6.0 (class 6003), with where the entry stands in the log as attestation.
    ///
    /// - Parameters:
    ///   - origin: the log's.
    ///   - version: of this program.
    package func ocsf(origin: String, version: String) -> JSONValue {
        let activity = activity
        var whoActs = JSONObject()
        if let user { whoActs.append("user", ["name": .string(user), "uid": .string(user)]) }
        if let agent { whoActs.append("app_name", .string(agent)) }
        var api: JSONObject = ["operation": .string(tool ?? name)]
        if let source { api.append("service", ["name": .string(source)]) }
        if let call { api.append("request", ["uid": .string(call)]) }
        if let status { api.append("response", ["code": JSONValue(status), "message": .string(outcome ?? "")]) }
        var metadata: JSONObject = [
            "version": "1.6.0", "uid": .string("\(origin)/\(position)/\(name)/\(leaf.prefix(12))"),
            "event_code": .string(name),
            "log_name": .string(origin), "sequence": JSONValue(position),
            "product": ["name": "Sallyport", "vendor_name": "Sallyport", "version": .string(version)],
        ]
        if let tenant { metadata.append("tenant_uid", .string(tenant)) }
        if let trace { metadata.append("correlation_uid", .string(trace)) }
        var object: JSONObject = [
            "class_uid": 6003, "class_name": "API Activity", "category_uid": 6,
            "category_name": "Application Activity", "activity_id": JSONValue(activity.id),
            "activity_name": .string(activity.name), "type_uid": JSONValue(600_300 + activity.id),
            "time": JSONValue(Int(at.microseconds / 1000)), "severity_id": JSONValue(severity),
            "status_id": JSONValue(result.id), "status": .string(result.name), "actor": .object(whoActs),
            "api": .object(api), "src_endpoint": ["name": .string(agent ?? "sallyport")],
            "metadata": .object(metadata),
        ]
        if let code { object.append("status_code", .string(code)) }
        if let reason { object.append("status_detail", .string(reason)) }
        if !records.isEmpty {
            object.append("resources", .array(records.map { ["uid": .string($0), "type": .string(source ?? "")] }))
        }
        object.append(
            "unmapped",
            [
                "attestation": [
                    "type": "RFC 9162", "log": .string(origin), "index": JSONValue(position - 1),
                    "leaf_hash": .string(leaf),
                ], "effect": effect.map { .string($0) } ?? .null, "rules": .array(rules.map { .string($0) }),
                "by": by.map { .string($0) } ?? .null, "event": .object(body),
            ])
        return .object(object)
    }

    /// Create, read, update, delete, or other.
    private var activity: (id: Int, name: String) {
        if isAct { return (99, name) }
        if bucket == "read" { return (2, "Read") }
        let tool = (tool ?? "").split(separator: "_").first.map(String.init) ?? ""
        if ["delete", "remove", "purge", "void", "cancel"].contains(tool) { return (4, "Delete") }
        if ["update", "patch", "set", "put", "change"].contains(tool) { return (3, "Update") }
        return bucket == "write" ? (1, "Create") : (99, name)
    }

    private var result: (id: Int, name: String) {
        switch outcome {
        case "result": (1, "Success")
        case "refusal", "failure": (2, "Failure")
        case nil where effect == "deny" || ["rejected", "expired", "call-refused"].contains(name): (2, "Failure")
        default: (0, "Unknown")
        }
    }

    /// 1 informational, 3 medium, 4 high.
    private var severity: Int {
        if outcome == "unknown" || body["break_glass"] == true { return 4 }
        return result.id == 2 ? 3 : 1
    }
}
