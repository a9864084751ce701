import Core
import Engine
import Foundation
import JSON
import JSONSchema
import Testing
import TransparencyLog

@testable import Commands

extension OfficeTests {
    /// What the house says of itself.
    @Suite struct GatewayReportTests {
        private func control(_ id: String, in report: JSONValue) -> JSONValue? {
            report["score"]?["controls"]?.array?.first { $0["id"]?.string == id }
        }

        private func report(_ office: Office) async throws -> JSONValue {
            let reply = try await office.run("report", ["format": "json"])
            return try JSONParser.parse(reply["report"]?.string ?? "", options: JSONParser.Options(maxBytes: 8 << 20))
        }

        @Test func `tokens are tried where there is a user to try them with`() async throws {
            try await Office.open { office in
                let before = try await report(office)
                #expect(
                    control("A2", in: before)?["known_by"] == .null, "nobody could be let in, so refusals show nothing")
                try await office.run("users-add", ["name": "ana"])
                let after = try await report(office)
                #expect(control("A2", in: after)?["known_by"] == "probe")
                #expect(control("A2", in: after)?["points"]?.int == 4)
                #expect(control("A1", in: after)?["points"]?.int == 2, "the authenticator was tried, not the endpoint")
                let points = { (report: JSONValue) in report["score"]?["total"]?.int ?? -1 }
                #expect(points(after) > points(before))
            }
        }

        @Test func `every control is there, the unknown ones with nothing`() async throws {
            try await Office.open { office in
                let report = try await report(office)
                let controls = report["score"]?["controls"]?.array ?? []
                #expect(controls.count == 34)
                for control in controls where control["known_by"] == .null { #expect(control["points"]?.int == 0) }
                #expect(report["score"]?["total"]?.int ?? 100 <= 79, "much is unknown")
            }
        }

        @Test func `a secret is seen to be sealed and young, and is not shown`() async throws {
            try await Office.open { office in
                try await office.run("vault-put", ["name": "shop", "user": "ana", "secret": "CANARY-7f3a9"])
                let report = try await report(office)
                #expect(control("E2", in: report)?["known_by"] == "probe")
                #expect(control("E3", in: report)?["points"]?.int == 2)
                #expect(report["credentials"]?.array?.count == 1)
                for format in ["text", "html", "markdown", "json"] {
                    let text = try await office.run("report", ["format": .string(format)])["report"]?.string ?? ""
                    #expect(!text.isEmpty && !text.contains("CANARY-7f3a9"), "\(format)")
                }
            }
        }

        @Test func `a report is signed, and a changed one is told from it`() async throws {
            try await Office.open { office in
                let reply = try await office.run("report", ["format": "html"])
                let report = Array((reply["report"]?.string ?? "").utf8)
                let note = reply["note"]?.string ?? ""
                let key = try #require(NoteKey(reply["key"]?.string ?? ""))
                #expect(try ReportNote.verify(report, note, [key]).name == key.name)
                #expect(try await office.run("status")["report_key"]?.string == key.text)
                var changed = report
                changed[changed.count / 2] ^= 1
                #expect(throws: CommandError.self) { try ReportNote.verify(changed, note, [key]) }
                #expect(throws: CommandError.self) {
                    try ReportNote.verify(report, note.replacing("sha256", with: "sha257"), [key])
                }
                let other = try #require(SigningKey(name: key.name, seed: [UInt8](repeating: 7, count: 32)))
                #expect(throws: CommandError.self) { try ReportNote.verify(report, note, [other.publicKey]) }
            }
        }

        @Test func `the JSON is what the published schema says`() async throws {
            let package = URL(filePath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let schema = try Schema.compile(
                JSONParser.parse(
                    Array(try Data(contentsOf: package.appending(path: "docs/schemas/report.schema.json"))),
                    options: JSONParser.Options(allowsNull: true)))
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                try await office.run("vault-put", ["name": "shop", "user": "ana", "secret": "CANARY-7f3a9"])
                let report = try await report(office)
                #expect(schema.validate(report).isEmpty)
                var other = try #require(report.object)
                other["format"] = "sallyport-report/3"
                #expect(!schema.isValid(.object(other)))
            }
        }

        @Test func `a hundred calls show that records are complete and what is used`() async throws {
            try await Office.open { office in
                let orders = try await report(office)
                #expect(control("D4", in: orders)?["known_by"] == .null)
                for _ in 0..<100 { _ = await office.call("list_orders", [:]) }
                let report = try await report(office)
                #expect(control("D4", in: report)?["known_by"] == "audit")
                #expect(control("D4", in: report)?["evidence"]?.string?.hasPrefix("100 of 100 calls") == true)
                #expect(control("B3", in: report)?["evidence"]?.string?.hasPrefix("1 of 2 tools") == true)
            }
        }

        @Test func `reading the report is recorded`() async throws {
            try await Office.open { office in
                _ = try await report(office)
                let kinds = try await office.records().compactMap { $0.body.first?["act"]?.string }
                #expect(kinds.contains("report-read"))
            }
        }

        @Test func `who reaches what is what policy decides`() async throws {
            try await Office.open { office in
                let tools = try await report(office)["tools"]?.array ?? []
                #expect(!tools.isEmpty)
                for tool in tools { #expect(tool["reach"]?.array?.count == 1, "the policy names no role") }
                #expect(await office.refusal("report", ["format": "pdf"]) != nil)
            }
        }
    }
}
