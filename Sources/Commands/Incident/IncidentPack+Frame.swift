import Core
import Evidence
import JSON
import Report

extension IncidentPack {
    /// What was gathered, as the act that tells of it in the log says: nobody can leave out an entry afterwards, or say that it was of
    /// somebody else.
    struct Frame {
        var subjects: [Incident.Subject]
        var since: Timestamp
        var until: Timestamp
        var origin: String
        var isPartial: Bool
        /// The entries that were gathered, in their order, without the act itself.
        var positions: [Int] = []

        /// What the act says.
        var details: JSONObject {
            [
                "subject": .object(
                    JSONObject(members: subjects.map { JSONObject.Member(key: $0.field, value: .string($0.value)) })),
                "since_us": JSONValue(Int(since.microseconds)), "until_us": JSONValue(Int(until.microseconds)),
                "partial": .bool(isPartial), "entries": JSONValue(positions.count),
                "entries_digest": .string(
                    Digest(of: Array(positions.map(String.init).joined(separator: ",").utf8)).hex),
            ]
        }

        init(subjects: [Incident.Subject], since: Timestamp, until: Timestamp, origin: String, isPartial: Bool) {
            self.subjects = subjects
            self.since = since
            self.until = until
            self.origin = origin
            self.isPartial = isPartial
        }

        /// Reads the act.
        ///
        /// - Parameter positions: of the other entries that are there.
        /// - Returns: nil where the act is of other entries, or is none.
        init?(_ details: JSONValue, origin: String, positions: [Int]) {
            guard let subject = details["subject"]?.object, let since = details["since_us"]?.int,
                let until = details["until_us"]?.int, let isPartial = details["partial"]?.bool
            else { return nil }
            self.init(
                subjects: subject.compactMap { member in member.value.string.map { Incident.Subject(member.key, $0) } },
                since: Timestamp(microseconds: Int64(since)), until: Timestamp(microseconds: Int64(until)),
                origin: origin, isPartial: isPartial)
            self.positions = positions
            guard JSONValue.object(self.details) == details else { return nil }
        }

        func incident(_ events: [ExportedEvent]) -> Incident {
            Incident(subjects, since: since, until: until, origin: origin, isPartial: isPartial, events)
        }

        func summary(_ incident: Incident) -> JSONValue {
            guard var object = renderJSON(incident).object else { return .null }
            object.append("generator", .string(IncidentPack.generator))
            return .object(object)
        }
    }
}
