import Core
import Engine
import Foundation
import JSON
import Settings
import Testing

@testable import Commands

extension OfficeTests {
    @Suite struct StopTests {
        private func refusal(_ office: Office) async -> Core.Refusal? {
            if case .refused(let refusal, _) = await office.call("list_orders", [:]) { refusal } else { nil }
        }

        @Test func `a stop holds at once, is recorded, and takes a person to be taken back`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ben", "password": .string(Office.password)])
                #expect(await refusal(office) == nil)
                let reply = try await office.run("stop", ["what": "agent", "name": "agent", "reason": "it loops"])
                #expect(reply["message"]?.string?.contains("nothing of it is admitted any more") == true)
                #expect(await refusal(office)?.code == .stopped)
                let listed = try await office.run("stops-list")["stops"]?.array ?? []
                #expect(listed.count == 1 && listed[0]["reason"] == "it loops")
                #expect(try await office.run("status")["stopped"] == ["the agent agent"])
                let scope: JSONObject = ["what": "agent", "name": "agent"]
                #expect(await office.refusal("resume", scope) != nil, "nobody in person")
                var person = scope
                person["person"] = "ben"
                person["password"] = "not that one"
                #expect(await office.refusal("resume", person) != nil)
                #expect(await refusal(office)?.code == .stopped)
                person["password"] = .string(Office.password)
                try await office.run("resume", person)
                #expect(await refusal(office) == nil)
                let acts = try await office.acts().filter { ["stop", "resume"].contains($0) }
                #expect(acts == ["stop", "resume"])
            }
        }

        @Test func `a stop holds across restarts`() async throws {
            try await Office.open { office in
                try await office.run("stop", ["what": "source", "name": "shop", "reason": "r"])
                try await office.run("stop", ["what": "all", "reason": "r"])
                try await office.run("stop", ["what": "user", "name": "cleo", "reason": "r"])
                let folded = try await stops(in: office.house.gate.journal)
                #expect(folded.all.map(\.scope) == office.house.gate.admissions.stops.all.map(\.scope))
                #expect(folded.all.count == 3)
                _ = office.house.gate.admissions.resume(.all)
                #expect(await refusal(office)?.code == .stopped, "the source is stopped still")
            }
        }

        @Test func `what cannot be stopped is refused`() async throws {
            try await Office.open { office in
                let cases: [JSONObject] = [
                    ["what": "agent", "reason": "r"], ["what": "all", "name": "x", "reason": "r"],
                    ["what": "weather", "name": "x", "reason": "r"], ["what": "all"], [:],
                ]
                for arguments in cases {
                    #expect(await office.refusal("stop", arguments) != nil, "\(arguments)")
                }
                #expect(await office.refusal("resume", ["what": "all"]) != nil)
                let acts = try await office.acts()
                #expect(!acts.contains("stop"))
            }
        }
    }
}
