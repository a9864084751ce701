import Core
import Evidence
import JSON
import Testing

@testable import Report

@Suite struct IncidentTests {
    /// The events of one call, as they come from the log.
    private static func call(
        _ id: String, at second: Int, _ tool: String, bucket: String = "write", _ rest: [JSONValue]
    ) -> [ExportedEvent] {
        var reader = EventReader()
        let opened: JSONValue = [
            "at": JSONValue(second * 1_000_000), "event": "opened", "user": "ana", "agent": "helper", "issuer": "i",
            "tool": .string(tool), "source": "acme", "bucket": .string(bucket), "arguments": ["dealId": "d1"],
            "stakes": ["amount": "12.50", "currency": "EUR"],
        ]
        let row = JournalRow(
            position: second, at: Timestamp(seconds: second), call: id, previous: 0, phase: "x", user: "ana",
            body: JSONValue.array([opened] + rest).bytes)
        return reader.read(row)
    }

    private static func event(_ name: String, _ members: JSONObject = [:]) -> JSONValue {
        var object: JSONObject = ["at": 9_000_000, "event": .string(name)]
        for member in members { object.append(member.key, member.value) }
        return .object(object)
    }

    private static let asked = event("decided", ["effect": "ask", "because": ["big"]])
    private static let allowed = event("decided", ["effect": "allow", "because": ["small"]])
    private static let proposed = event(
        "proposed", ["change": ["title": "Refund “d1”", "fields": [["name": "amount", "new": "12.50"]]]])
    private static let approved = event("approved", ["by": "ben", "reason": "fine <i>", "channel": "page"])

    private static func incident(_ events: [ExportedEvent]) -> Incident {
        Incident(
            [Incident.Subject("agent", "helper")], since: Timestamp(seconds: 0), until: Timestamp(seconds: 100),
            origin: "log.example", isPartial: false, events)
    }

    @Test(
        arguments: [
            ([event("decided", ["effect": "deny"])], IncidentCall.Fate.denied), ([asked, proposed], .waiting),
            ([asked, proposed, event("rejected", ["by": "ben"])], .rejected),
            ([asked, proposed, event("expired")], .expired),
            ([asked, proposed, event("withdrawn", ["by": "ana"])], .withdrawn),
            ([asked, proposed, approved, event("admitted")], .unknown),
            ([asked, proposed, approved, event("admitted"), event("settled", ["outcome": "result"])], .done),
            ([allowed, event("admitted"), event("settled", ["outcome": "failure"])], .failed),
            ([allowed, event("admitted"), event("settled", ["outcome": "unknown"])], .unknown),
            (
                [
                    allowed, event("admitted"), event("settled", ["outcome": "unknown"]),
                    event("reconciled", ["outcome": "result", "by": "ben"]),
                ], .done
            ),
        ] as [([JSONValue], IncidentCall.Fate)])
    func `what became of a call is what its last event says`(_ rest: [JSONValue], _ fate: IncidentCall.Fate) {
        let incident = Self.incident(Self.call("c1", at: 1, "create_refund", rest))
        #expect(incident.calls.map(\.fate) == [fate])
        #expect(incident.count(fate) == 1)
    }

    @Test func `money counts as moved only where it was, and what nobody knows counts apart`() {
        var events: [ExportedEvent] = []
        let done = Self.event("settled", ["outcome": "result", "records": ["ref_1"]])
        for second in 1...3 {
            events += Self.call("d\(second)", at: second, "pay", [Self.allowed, Self.event("admitted"), done])
        }
        events += Self.call("u", at: 4, "pay", [Self.allowed, Self.event("admitted")])
        events += Self.call("r", at: 5, "pay", [Self.asked, Self.proposed, Self.event("rejected", ["by": "ben"])])
        events += Self.call("l", at: 6, "get_deal", bucket: "read", [Self.allowed, Self.event("admitted"), done])
        let incident = Self.incident(events)
        #expect(
            incident.money == [
                IncidentMoney(currency: "EUR", done: 37_500_000, unknown: 12_500_000, refused: 12_500_000)
            ])
        // Of the call whose outcome nobody knows, what it names counts.
        #expect(incident.records.map(\.name) == ["ref_1", "d1"])
        #expect(incident.records.map(\.changes) == [3, 0] && incident.records.map(\.unknown) == [0, 1])
        #expect(incident.records[0].reads == 1)
        #expect(incident.people.map(\.name) == ["ana", "ben"] && incident.people[1].rejected == 1)
    }

    @Test func `the page tells it all, and shows what others said as text`() throws {
        let events = Self.call(
            "c1", at: 1, "create_refund",
            [
                Self.asked, Self.proposed, Self.approved, Self.event("admitted"),
                Self.event("settled", ["outcome": "result"]),
            ])
        let page = renderHTML(Self.incident(events), generator: "Sallyport")
        for word in [
            "Incident", "Money that moved: 12.50 EUR", "Refund “d1”", "ben", "“fine &lt;i&gt;”",
            "1970-01-01 00:00:01 UTC",
        ] {
            #expect(page.contains(word), "\(word)")
        }
        #expect(!page.contains("<i>"))
        let json = renderJSON(Self.incident(events))
        #expect(json["calls"]?.array?.count == 1 && json["counts"]?["done"] == 1)
        #expect(renderText(Self.incident([])).contains("Nothing is in the log."))
    }

    @Test(arguments: ["-5", "1000 minor units", "a lot"])
    func `an amount that cannot be added up is told apart`(_ amount: String) {
        var reader = EventReader()
        let body: JSONValue = [
            [
                "at": 1, "event": "opened", "user": "ana", "agent": "a", "tool": "pay", "bucket": "write",
                "arguments": [:],
                "stakes": ["amount": .string(amount), "currency": "EUR"],
            ], Self.allowed, Self.event("admitted"), Self.event("settled", ["outcome": "result"]),
        ]
        let events = reader.read(
            JournalRow(position: 1, at: Timestamp(seconds: 1), call: "c", previous: 0, user: "ana", body: body.bytes))
        let incident = Self.incident(events)
        #expect(incident.money.isEmpty && incident.uncounted == 1)
        #expect(renderText(incident).contains("1 call name an amount that cannot be added up"))
    }

    @Test func `a sum that is too large is told as more than what can be counted`() {
        var events: [ExportedEvent] = []
        for second in 1...20 {
            var reader = EventReader()
            let body: JSONValue = [
                [
                    "at": 1, "event": "opened", "user": "ana", "agent": "a", "tool": "pay", "bucket": "write",
                    "arguments": [:],
                    "stakes": ["amount": "999999999999", "currency": "EUR"],
                ], Self.allowed, Self.event("admitted"), Self.event("settled", ["outcome": "result"]),
            ]
            events += reader.read(
                JournalRow(
                    position: second, at: Timestamp(seconds: second), call: "c\(second)", previous: 0, user: "ana",
                    body: body.bytes))
        }
        #expect(Self.incident(events).money.first?.isMore == true)
    }
}
