import Core
import Engine
import Foundation
import JSON
import JSONSchema
import Report
import Settings
import Testing
import TransparencyLog

@testable import Commands

extension OfficeTests {
    /// What the house says of itself.
    @Suite struct GatewayReportTests {
        private func control(_ id: String, in report: JSONValue) -> JSONValue? {
            report["score"]?["controls"]?.array?.first { $0["id"]?.string == id }
        }

        private func findings(_ report: JSONValue) -> [String] {
            report["findings"]?.array?.compactMap { $0["id"]?.string } ?? []
        }

        private func report(_ office: Office) async throws -> JSONValue {
            let reply = try await office.run("report", ["format": "json"])
            return try JSONParser.parse(reply["report"]?.string ?? "", options: JSONParser.Options(maxBytes: 8 << 20))
        }

        @Test func `what can be tried is tried, on a twin and not on the house`() async throws {
            try await Office.open { office in
                let report = try await report(office)
                for id in ["A1", "A2", "A4", "B5", "C2", "C3", "E1", "E4", "F1"] {
                    #expect(control(id, in: report)?["known_by"] == "probe", "\(id)")
                    #expect(control(id, in: report)?["points"] == control(id, in: report)?["of"], "\(id)")
                }
                let acts = try await office.acts().filter { !RegisterEvent.acts.contains($0) }
                #expect(acts == ["report-read"])
                #expect(try await office.records().allSatisfy { $0.call == nil })
            }
        }

        @Test
        func `definitions count as pinned once a server has pinned them, and a changed one does not count against it`()
            async throws
        {
            try await Office.open { office in
                #expect(control("H1", in: try await report(office))?["points"]?.int == 0, "no server ever ran")
                try await office.house.pin(try await office.house.compareTools(of: office.configuration))
                #expect(control("H1", in: try await report(office))?["points"]?.int == 3)
                try Office.write(
                    Office.document.replacingOccurrences(
                        of: "operationId: listOrders,", with: "operationId: listOrders, summary: Other,"),
                    to: office.path + "/shop.yaml")
                office.house.inForce.replace(with: try #require(load(office.path + "/sallyport.yaml").configuration))
                let changed = try await report(office)
                #expect(changed["suspended"] == 1)
                #expect(control("H1", in: changed)?["points"]?.int == 3)
                #expect(control("H1", in: changed)?["evidence"]?.string?.hasPrefix("1 of 1 tools") == true)
            }
        }

        @Test func `every control is there, the unknown ones with nothing`() async throws {
            try await Office.open { office in
                let report = try await report(office)
                let controls = report["score"]?["controls"]?.array ?? []
                #expect(controls.count == 34)
                for control in controls where control["known_by"] == .null { #expect(control["points"]?.int == 0) }
                for control in controls {
                    let isLost = control["points"] != control["of"]
                    let id = "weak-control:\(control["id"]?.string ?? "")"
                    #expect((control["finding"]?.string == id) == isLost, "every lost point names its finding")
                    #expect(findings(report).contains(id) == isLost)
                    if control["proof"] == .null {
                        #expect(control["known_by"] == .null, "what nothing proves earns nothing")
                    }
                }
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
