import Core
import Evidence
package import JSON

/// The version of ``renderJSON(_:)``'s form of an incident.
package let incidentFormat = "sallyport-incident/1"

/// An incident as one HTML file that a person reads who is no engineer.
///
/// - Parameter generator: the program and its version.
package func renderHTML(_ incident: Incident, generator: String) -> String {
    renderHTML(
        title(incident), composeIncident(incident), kind: "Incident",
        footer: "\(generator), to \(incident.until). A function of the log: no model took part.")
}

/// An incident for a terminal.
package func renderText(_ incident: Incident, inColour: Bool = false) -> String {
    renderText(composeIncident(incident).filter { $0.title != "All calls" }, inColour: inColour)
}

/// An incident as JSON.
package func renderJSON(_ incident: Incident) -> JSONValue {
    [
        "format": .string(incidentFormat), "log": .string(incident.origin),
        "subject": .object(
            JSONObject(members: incident.subjects.map { JSONObject.Member(key: $0.field, value: .string($0.value)) })),
        "since": .string(incident.since.description), "until": .string(incident.until.description),
        "partial": .bool(incident.isPartial),
        "counts": .object(
            JSONObject(
                members: IncidentCall.Fate.allCases.map {
                    JSONObject.Member(key: $0.rawValue, value: JSONValue(incident.count($0)))
                })),
        "money": .array(
            incident.money.map {
                [
                    "currency": .string($0.currency), "done_millionths": JSONValue(Int($0.done)),
                    "unknown_millionths": JSONValue(Int($0.unknown)), "not_done_millionths": JSONValue(Int($0.refused)),
                    "more": .bool($0.isMore),
                ]
            }),
        "records": .array(
            incident.records.map {
                [
                    "record": .string($0.name), "changed": JSONValue($0.changes), "unknown": JSONValue($0.unknown),
                    "read": JSONValue($0.reads), "tools": .array($0.tools.sorted().map { .string($0) }),
                ]
            }),
        "people": .array(
            incident.people.map {
                [
                    "name": .string($0.name), "calls": JSONValue($0.calls), "approved": JSONValue($0.approved),
                    "rejected": JSONValue($0.rejected), "acts": JSONValue($0.acts),
                ]
            }),
        "calls": .array(incident.calls.map(json)),
    ]
}

private func json(_ call: IncidentCall) -> JSONValue {
    [
        "call": .string(call.id), "time": .string(call.at.description), "user": .string(call.user),
        "agent": .string(call.agent), "tool": .string(call.tool), "bucket": .string(call.bucket),
        "fate": .string(call.fate.rawValue), "code": call.code.map { .string($0) } ?? .null,
        "headline": .string(call.headline), "rules": .array(call.rules.map { .string($0) }),
        "records": .array(call.records.map { .string($0) }),
        "decisions": .array(
            call.decisions.map {
                [
                    "by": .string($0.by), "time": .string($0.at.description), "approved": .bool($0.isApproved),
                    "reason": $0.reason.map { .string($0) } ?? .null, "break_glass": .bool($0.isEmergency),
                ]
            }),
    ]
}

private func title(_ incident: Incident) -> String {
    let subject = incident.subjects.map { "\($0.field) \($0.value)" }.joined(separator: ", ")
    return subject.isEmpty ? "Everything" : subject
}
