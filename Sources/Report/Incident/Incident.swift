package import Core
package import Evidence
package import JSON
import Policy

/// What an agent, a user, a tool or a record had to do with, folded from the events of the log: the same entries give the same
/// incident, whoever folds them.
package struct Incident: Sendable, Hashable {
    /// What was asked for, such as `agent` and its name; all of them together.
    package struct Subject: Sendable, Hashable {
        package var field: String
        package var value: String

        package init(_ field: String, _ value: String) {
            self.field = field
            self.value = value
        }
    }

    package var subjects: [Subject]
    package var since: Timestamp
    package var until: Timestamp
    /// The log's origin.
    package var origin: String
    /// Whether there were more calls than were taken.
    package var isPartial: Bool
    /// Oldest first.
    package private(set) var calls: [IncidentCall] = []
    /// What people did that names one of the calls or subjects, oldest first.
    package private(set) var acts: [ExportedEvent] = []

    /// - Parameter events: of whole entries, in the order of their positions.
    package init(
        _ subjects: [Subject], since: Timestamp, until: Timestamp, origin: String, isPartial: Bool,
        _ events: [ExportedEvent]
    ) {
        self.subjects = subjects
        self.since = since
        self.until = until
        self.origin = origin
        self.isPartial = isPartial
        var places: [String: Int] = [:]
        for event in events {
            guard !event.isAct, let id = event.call else {
                acts.append(event)
                continue
            }
            let place = places[id] ?? calls.count
            if place == calls.count {
                calls.append(IncidentCall(id))
                places[id] = place
            }
            calls[place].take(event)
        }
    }
}

/// One call of an incident.
package struct IncidentCall: Sendable, Hashable {
    /// What became of it.
    package enum Fate: String, Sendable, Hashable, CaseIterable {
        case done, failed, unknown, denied, rejected, expired, withdrawn, waiting
    }

    package struct Decision: Sendable, Hashable {
        package var by: String
        package var at: Timestamp
        package var isApproved: Bool
        package var reason: String?
        package var isEmergency: Bool
    }

    package let id: String
    package private(set) var at = Timestamp(microseconds: 0)
    package private(set) var user = ""
    package private(set) var agent = ""
    package private(set) var tool = ""
    package private(set) var bucket = ""
    package private(set) var arguments = JSONObject()
    package private(set) var stakes: Stakes?
    /// What people were told that it would do.
    package private(set) var change: Change?
    package private(set) var rules: [String] = []
    package private(set) var decisions: [Decision] = []
    package private(set) var fate = Fate.waiting
    package private(set) var code: String?
    /// As their source names them, with the tool's name before what is declared.
    package private(set) var records: [String] = []

    fileprivate init(_ id: String) {
        self.id = id
    }

    fileprivate mutating func take(_ event: ExportedEvent) {
        switch event.name {
        case "opened":
            at = event.at
            user = event.user ?? ""
            agent = event.agent ?? ""
            tool = event.tool ?? ""
            bucket = event.bucket ?? ""
            arguments = event.arguments ?? JSONObject()
            stakes = event.body["stakes"].flatMap { Stakes($0) }
        case "decided":
            rules = event.rules
            // Allowed and asked calls go on; of one that was allowed and never admitted nothing was done.
            fate = event.effect == "deny" ? .denied : event.effect == "ask" ? .waiting : .failed
        case "proposed":
            change = event.body["change"].flatMap { Change(json: $0) }
            fate = .waiting
        case "approved", "rejected":
            decisions.append(
                Decision(
                    by: event.by ?? "", at: event.at, isApproved: event.name == "approved", reason: event.reason,
                    isEmergency: event.body["break_glass"] == true))
            if event.name == "rejected" { fate = .rejected }
        case "expired": fate = .expired
        case "withdrawn": fate = .withdrawn
        // Until something says otherwise, nobody knows.
        case "admitted": fate = .unknown
        case "settled", "reconciled":
            code = event.code
            fate =
                switch event.outcome {
                case "result": .done
                case "unknown": .unknown
                default: .failed
                }
            records += event.records.filter { !records.contains($0) }
        default: break
        }
    }

    /// Whether it reads only.
    package var isRead: Bool { bucket == "read" }

    /// What it took of money, in millionths; nil where it says none that can be counted.
    package var money: (amount: Int64, currency: String)? {
        guard let text = stakes?.amount, let number = JSONNumber(text), let amount = millionths(number) else {
            return nil
        }
        return (amount, stakes?.currency ?? "(no currency)")
    }

    /// What it did or would do, in words. Texts of others stand in quotation marks that they cannot close.
    package var headline: String {
        if let change { return change.title }
        let given = arguments.prefix(3).map { "\(quoted($0.key, limit: 30)) \(shown($0.value, limit: 40))" }
        let more = arguments.count > 3 ? " and \(arguments.count - 3) more" : ""
        return tool + (given.isEmpty ? "" : ": " + given.joined(separator: ", ") + more)
    }
}
