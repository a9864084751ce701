import ArgumentParser
import Core
import Foundation
import JSON
import Policy
import Settings
import Testing

@testable import Commands

extension OfficeTests {
    @Suite struct PolicyCommandTests {
        /// Another policy on the office's configuration.
        private func policy(_ office: Office, _ rules: String) throws -> Configuration {
            let path = office.path + "/proposed.yaml"
            try Office.write("policy:\n  rules:\n" + rules, to: path)
            return try loadProposed(path, on: office.path + "/sallyport.yaml")
        }

        private func calls(_ office: Office, since: Timestamp? = nil) -> RecordedCalls {
            RecordedCalls(log: office.house.log, since: since)
        }

        @Test func `recorded calls are decided anew, and nothing is sent`() async throws {
            try await Office.open { office in
                for _ in 0..<3 { _ = await office.call("list_orders", [:]) }
                let small = try await office.propose(5)
                let large = try await office.propose(500, as: "dora")
                _ = await office.call("no_such_tool", [:])
                let before = try await office.records().count
                let proposed = try policy(
                    office,
                    """
                        - { id: reads, effect: allow, buckets: [read] }
                        - { id: small, effect: allow, tools: [create_order], when: { argument: amount, at-most: 50 } }
                        - { id: large, effect: ask, tools: [create_order], when: { argument: amount, above: 50 }, approvers: [manager], count: 2 }

                    """)
                let result = try await replay(proposed.policy, Catalogue(proposed.tools), calls(office))
                #expect(
                    result.replay.calls == 5 && result.replay.same == 3 && result.refused == 1 && result.unread == 0)
                let turns = Dictionary(
                    uniqueKeysWithValues: result.replay.turns.map { ($0.value.example, ($0.key, $0.value)) })
                let (opened, openedGroup) = try #require(turns[small.id.text])
                #expect(opened.isWider && opened.to.effect == .allow && openedGroup.users.counts == ["ana": 1])
                let (closed, _) = try #require(turns[large.id.text])
                #expect(!closed.isWider && closed.to.words == "ask 2 × manager")
                #expect(try await office.records().count == before)
                let none = try await replay(
                    proposed.policy, Catalogue(proposed.tools),
                    calls(office, since: systemTime().advanced(bySeconds: 60)))
                #expect(none.replay.calls == 0)
            }
        }

        @Test func `what turns on a secret cannot be told`() async throws {
            try await Office.open { office in
                _ = await office.call("create_order", ["amount": 1, "door_password": "hunter2"])
                _ = await office.call("create_order", ["amount": 2])
                let proposed = try policy(
                    office,
                    """
                        - { id: no-secret, effect: ask, buckets: [write], when: { argument: door_password, present: false }, approvers: [manager] }
                        - { id: a-secret, effect: ask, buckets: [write], approvers: [manager], when: { all: [{ argument: door_password, present: true }, { argument: door_password, starts-with: "h" }] } }

                    """)
                let result = try await replay(proposed.policy, Catalogue(proposed.tools), calls(office))
                #expect(result.replay.calls == 2 && result.replay.untold.count == 1)
                #expect(result.replay.untold.rules.counts == ["a-secret": 1])
                #expect(result.replay.same + result.replay.turns.values.reduce(0) { $0 + $1.count } == 1)
                #expect(result.json["cannot_tell"]?["count"] == 1)
            }
        }

        @Test func `a fact is the same where its policy is at hand, and else cannot be told`() async throws {
            let rule = "{ id: writes, effect: ask, buckets: [write], approvers: [manager]"
            let fact = "requires: [{ id: stock, tool: list_orders, field: at, younger: 1d }] }"
            let asking = Office.configuration.replacingOccurrences(of: rule + " }", with: rule + ", " + fact)
            try await Office.open(configuration: asking) { office in
                _ = try await office.propose(5)
                let weaker = try policy(
                    office,
                    "    - { id: reads, effect: allow, buckets: [read] }\n    - "
                        + rule + ", " + fact.replacingOccurrences(of: "1d", with: "300d") + "\n")
                let tools = Catalogue(weaker.tools)
                let blind = try await replay(weaker.policy, tools, calls(office))
                #expect(blind.replay.untold.count == 1 && blind.replay.turns.isEmpty)
                let known = try await replay(
                    weaker.policy, tools, calls(office), knowing: [office.configuration.policy])
                let turn = try #require(known.replay.turns.keys.first)
                #expect(known.replay.untold.count == 0 && turn.isWider)
                #expect(turn.to.words == "ask manager where stock")
                let same = try await replay(office.configuration.policy, tools, calls(office))
                #expect(same.replay.same == 1)
                let difference = compare(
                    office.configuration.policy, weaker.policy,
                    ToolPair.all(Catalogue(office.configuration.tools), tools))
                #expect(difference.isWider)
                #expect(difference.lines(all: false).contains("    facts    asked otherwise under the same id: stock"))
            }
        }

        @Test func `what no rule tells of is named beside what rules do`() async throws {
            try await Office.open { office in
                let text =
                    Office.configuration
                    .replacingOccurrences(of: "https://shop.example", with: "https://other.example")
                    + "limits:\n  rates:\n    - { id: calls, per: user, calls: 9, every: 1m }\n"
                try Office.write(text, to: office.path + "/proposed.yaml")
                let proposed = try loadProposed(office.path + "/proposed.yaml", on: office.path + "/sallyport.yaml")
                let rest = ConfigurationDifference(office.configuration, proposed)
                #expect(rest.sections == ["sources", "limits"])
                #expect(rest.json["other_tools"]?.array?.count == rest.tools.count)
                #expect(rest.lines(all: false).first == "other sections differ, and were not compared: sources, limits")
                let same = ConfigurationDifference(office.configuration, office.configuration)
                #expect(same.sections.isEmpty && same.tools.isEmpty && same.lines(all: false).isEmpty)
                let pairs = ToolPair.all(Catalogue(office.configuration.tools), Catalogue(proposed.tools))
                let difference = compare(office.configuration.policy, proposed.policy, pairs)
                #expect(difference.lines(all: false) == ["no rule answers otherwise"])
            }
        }

        @Test func `where no tool matches, nothing was asked`() throws {
            let nothing = reach(
                ReachQuestion(askers: AskerFilter(), tools: ToolMatch(names: ["gone"]), approvals: 1),
                Policy(rules: [], version: "v"), [])
            #expect(nothing.lines == ["no tool matches: nothing was asked"] && nothing.json["answer"] == "no-tool")
            #expect(throws: (any Error).self) { try Sallyport.parseAsRoot(["policy", "reach", "--approvals", "0"]) }
            #expect(throws: Never.self) { try Sallyport.parseAsRoot(["policy", "reach", "--approvals", "1"]) }
        }

        @Test func `reading for a policy is an entry`() async throws {
            try await Office.open { office in
                try await office.run("policy-replay", ["policy": "p", "since": .null])
                try await office.run("policy-suggest", ["since": .null])
                #expect(try await office.acts() == ["policy-replayed", "policy-suggested"])
            }
        }

        @Test func `what is suggested permits what succeeded or was approved`() async throws {
            try await Office.open { office in
                for _ in 0..<3 { _ = await office.call("list_orders", [:]) }
                let approved = try await office.propose(20)
                _ = try await office.propose(90, as: "dora")
                try await office.run("users-add", ["name": "ben", "password": .string(Office.password)])
                try await office.run(
                    "approvals-decide",
                    [
                        "call": .string(approved.id.text), "person": "ben", "verdict": "approve",
                        "password": .string(Office.password),
                    ])
                let catalogue = Catalogue(office.configuration.tools)
                let seen = try await SeenCalls.read(calls(office), office.configuration.policy, catalogue)
                // No rule reads an argument, so calls are told apart by who made them alone.
                #expect(seen.values.sorted() == [1, 3] && Set(seen.keys.map(\.user)) == ["ana"])
                let suggestion = suggest(office.configuration.policy, seen, catalogue.tools.map { AnalysedTool($0) })
                try Office.write(policySection(suggestion.policy), to: office.path + "/suggested.yaml")
                let read = try loadProposed(office.path + "/suggested.yaml", on: office.path + "/sallyport.yaml")
                #expect(read.policy.rules == suggestion.policy.rules)
                let difference = compare(
                    office.configuration.policy, read.policy, ToolPair.all(catalogue, Catalogue(read.tools)))
                #expect(!difference.isWider && !difference.turns.isEmpty)
                let result = try await replay(read.policy, Catalogue(read.tools), calls(office))
                // Dora's, which nobody approved.
                #expect(result.replay.turns.values.map(\.count) == [1])
            }
        }

        @Test func `changes are told with examples, wider ones first`() async throws {
            try await Office.open { office in
                let proposed = try policy(
                    office, "    - { id: reads, effect: deny, buckets: [read] }\n    - { id: writes, effect: allow }\n")
                let pairs = ToolPair.all(Catalogue(office.configuration.tools), Catalogue(proposed.tools))
                let difference = compare(office.configuration.policy, proposed.policy, pairs)
                let lines = difference.lines(all: false)
                #expect(lines.first == "ask manager → allow  (wider)")
                #expect(lines[1] == "    tools    create_order")
                #expect(lines[2] == "    rules    writes → writes")
                #expect(lines.contains("allow → deny"))
                #expect(difference.json["wider"] == true && difference.json["changes"]?.array?.count == 2)
            }
        }
    }
}
