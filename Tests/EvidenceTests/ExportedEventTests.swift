import Core
import Evidence
import JSON
import Testing
import TransparencyLog

@Suite struct ExportedEventTests {
    private static func rows() -> [JournalRow] {
        let opening =
            #"{"at":1764500000000000,"event":"opened","user":"ana","agent":"=cmd|' /C calc'!A0","tenant":"north","issuer":"i","#
            + #""token_expires":1,"tool":"create_refund","source":"acme","bucket":"write","arguments":{"note":"a,\"b\"\nc"}}"#
        return [
            JournalRow(
                position: 7, at: Timestamp(microseconds: 1_764_500_000_000_000), call: "c1", previous: 0,
                phase: "admitted",
                user: "ana",
                body: Array(
                    #"[\#(opening),{"at":1764500000000000,"event":"decided","effect":"allow","because":["r1","r2"]}]"#
                        .utf8)),
            JournalRow(
                position: 8, at: Timestamp(microseconds: 1_764_500_000_500_000), call: "c1", previous: 2,
                phase: "settled",
                body: Array(
                    #"[{"at":1764500000500000,"event":"settled","outcome":"failure","status":502,"cause":"a|b=c","records":["x"]}]"#
                        .utf8)),
            JournalRow(
                position: 9, at: Timestamp(microseconds: 1_764_500_001_000_000), user: "operator", act: "vault-put",
                body: Array(#"{"at":1764500001000000,"act":"vault-put","by":"operator","details":{"name":"k"}}"#.utf8)),
        ]
    }

    private static func events() -> [ExportedEvent] {
        var reader = EventReader()
        return rows().flatMap { reader.read($0) }
    }

    @Test func `what stands in a call's first entry goes with its later events`() {
        let events = Self.events()
        #expect(events.map(\.name) == ["opened", "decided", "settled", "vault-put"])
        #expect(events[2].user == "ana" && events[2].tool == "create_refund" && events[2].rules == ["r1", "r2"])
        #expect(events[2].records == ["x"] && events[2].status == 502)
        #expect(events[3].isAct && events[3].user == "operator" && events[3].call == nil)
    }

    @Test func `no cell is a formula, and lines stay lines`() {
        for line in Self.events().map(\.csv) {
            #expect(!line.contains("\n") && !line.contains(",\"="))
            #expect(line.contains("'=cmd") || line.contains("vault-put"))
        }
        #expect(Self.events()[0].csv.split(separator: ",", omittingEmptySubsequences: false).count >= 18)
    }

    @Test func `an entry that cannot be read is told of, and one that is too large is told without what is in it`() {
        var reader = EventReader()
        let row = JournalRow(
            position: 3, at: Timestamp(seconds: 1), call: "c", previous: 0, body: Array("{broken".utf8))
        let events = reader.read(row)
        #expect(events.map(\.name) == ["entry-unreadable"] && events[0].leaf == row.leaf.base64)
        let short = Self.events()[0].shortened
        #expect(short.arguments == nil && short.user == "ana" && short.leaf == Self.events()[0].leaf)
        #expect(!String(decoding: short.json.bytes, as: UTF8.self).contains("note"))
    }

    @Test func `a syslog frame says its length, and hostile text stays inside the message`() throws {
        for event in Self.events() {
            for form in StreamForm.allCases {
                let frame = event.syslogFrame(form, host: "gate\n1 \u{E9}", origin: "log]\"\\", version: "1")
                let space = try #require(frame.firstIndex(of: 0x20))
                let length = try #require(Int(String(decoding: frame[..<space], as: UTF8.self)))
                let message = Array(frame[(space + 1)...])
                #expect(message.count == length)
                let text = String(decoding: message, as: UTF8.self)
                #expect(!text.contains("\n"))
                let priority = event.outcome == "failure" ? "<108>1 " : "<110>1 "
                #expect(text.hasPrefix(priority + event.at.description + " gate?1??? sallyport - \(event.name) "))
                #expect(text.contains("[sallyport@32473 position=\"\(event.position)\" log=\"log\\]\\\"\\\\\"]"))
            }
        }
    }

    @Test func `a log record has ids only of the form that receivers take`() throws {
        var event = Self.events()[0]
        for (trace, id) in [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
            ("00-XYZ-b7ad6b7169203331-01", nil), ("", nil), ("0af7", nil),
        ] {
            event.trace = trace
            #expect(event.otlp(origin: "o")["traceId"]?.string == id, "\(trace)")
        }
        let request = ExportedEvent.otlpRequest(Self.events(), origin: "o", version: "1")
        let records = request["resourceLogs"]?.array?.first?["scopeLogs"]?.array?.first?["logRecords"]?.array
        #expect(records?.count == 4)
        #expect(records?[2]["severityText"] == "WARN" && records?[0]["timeUnixNano"] == "1764500000000000000")
    }

    @Test func `an OCSF event has what its class asks for and where it stands in the log`() throws {
        let event = Self.events()[2].ocsf(origin: "log.example/1", version: "1")
        #expect(event["class_uid"] == 6003 && event["type_uid"] == 600_301 && event["activity_id"] == 1)
        #expect(event["status_id"] == 2 && event["severity_id"] == 3)
        #expect(event["time"] == 1_764_500_000_500)
        let attestation = try #require(event["unmapped"]?["attestation"])
        #expect(attestation["index"] == 7 && attestation["leaf_hash"]?.string == Self.rows()[1].leaf.base64)
        for key in ["actor", "api", "src_endpoint", "metadata", "category_uid"] { #expect(event[key] != nil, "\(key)") }
    }

    @Test func `CEF escapes what would end a field`() {
        let line = Self.events()[2].cef(version: "1")
        #expect(
            line.hasPrefix("CEF:0|Sallyport|Sallyport|1|settled|settled create_refund|5|rt=1764500000500 externalId=8 ")
        )
        #expect(line.contains("reason=a|b\\=c") && line.contains("sourceServiceName=\\=cmd|"))
    }
}
