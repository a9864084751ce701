import Core
import Engine
import Foundation
import JSON
import NIOPosix
import Settings
import Synchronization
import Testing

@testable import Commands

extension OfficeTests {
    @Suite struct ApprovalTests {
        /// People with passwords, each of which takes a while to be made.
        private func withPeople(_ names: String..., body: (Office) async throws -> Void) async throws {
            try await Office.open { office in
                for name in names {
                    try await office.run("users-add", ["name": .string(name), "password": .string(Office.password)])
                }
                try await body(office)
            }
        }

        private func decision(
            _ call: Call, _ person: String, _ verdict: String = "approve", password: String = Office.password,
            reason: String? = nil
        ) -> JSONObject {
            var arguments: JSONObject = [
                "call": .string(call.id.text), "person": .string(person), "verdict": .string(verdict),
                "password": .string(password),
            ]
            if let reason { arguments["reason"] = .string(reason) }
            return arguments
        }

        @Test func `the right person approves exactly one call, which then runs once`() async throws {
            try await withPeople("ben") { office in
                let call = try await office.propose(5)
                let other = try await office.propose(6)
                #expect(try await office.run("approvals-list")["calls"]?.array?.count == 2)
                let reply = try await office.run("approvals-decide", decision(call, "ben"))
                #expect(reply["phase"] == "approved")
                let left = try await office.run("approvals-list")["calls"]?.array ?? []
                #expect(left.map { $0["id"] } == [.string(other.id.text)])
                guard case .answer(_, let ran) = await office.call("create_order", ["amount": 5]) else {
                    Issue.record("the approved call did not run")
                    return
                }
                #expect(ran == call.id)
                guard case .earlier = await office.call("create_order", ["amount": 5]) else {
                    Issue.record("the call ran twice")
                    return
                }
                let shown = try await office.run("approvals-show", ["call": .string(call.id.text)])
                #expect(shown["verdicts"] == "ben (manager)")
                #expect(shown["phase"] == "settled")
            }
        }

        @Test func `nobody else decides`() async throws {
            try await withPeople("ana", "ben", "cleo") { office in
                let call = try await office.propose()
                try await office.run("users-disable", ["name": "cleo"])
                let refused: [(person: String, password: String, code: String)] = [
                    // The requester, although their role would do.
                    ("ana", Office.password, "denied"),
                    ("ben", "wrong password", "refused"),
                    ("ben", "", "refused"),
                    ("zoe", Office.password, "refused"),
                    ("cleo", Office.password, "refused"),
                    ("BEN", Office.password, "refused"),
                ]
                for (person, password, code) in refused {
                    let refusal = await office.refusal("approvals-decide", decision(call, person, password: password))
                    #expect(refusal?.code == code, "\(person)")
                }
                #expect(try await office.house.gate.journal.call(call.id)?.phase == .proposed)
                let acts = try await office.acts().filter { $0.hasSuffix("refused") }
                #expect(acts == ["decision-refused"] + Array(repeating: "sign-in-refused", count: 5))
            }
        }

        @Test func `roles are those of the configuration in force`() async throws {
            try await withPeople("cleo") { office in
                let call = try await office.propose()
                let refusal = await office.refusal("approvals-decide", decision(call, "cleo"))
                #expect(refusal?.code == "denied")
                #expect(refusal?.message == "Deciding this call takes one of the roles: manager.")
                office.replacePeople(with: ["cleo": Person(roles: ["manager"])])
                #expect(try await office.run("approvals-decide", decision(call, "cleo"))["phase"] == "approved")
            }
        }

        @Test func `who lost the role since has approved nothing`() async throws {
            try await withPeople("ben") { office in
                let call = try await office.propose()
                #expect(try await office.run("approvals-decide", decision(call, "ben"))["phase"] == "approved")
                office.replacePeople(with: ["ben": Person(roles: ["clerk"])])
                #expect(try await office.propose().id != call.id)
                #expect(try await office.run("approvals-show", ["call": .string(call.id.text)])["phase"] == "expired")
            }
        }

        @Test func `a rejection is final and its reason reaches the agent`() async throws {
            try await withPeople("ben") { office in
                let call = try await office.propose()
                let reply = try await office.run(
                    "approvals-decide", decision(call, "ben", "reject", reason: "not this month"))
                #expect(reply["phase"] == "rejected")
                #expect(await office.refusal("approvals-decide", decision(call, "ben"))?.code == "denied")
                guard case .refused(let refusal, _) = await office.call("create_order", ["amount": 5]) else {
                    Issue.record("a rejected call was not refused")
                    return
                }
                #expect(refusal.code == .rejected)
                #expect(refusal.message.contains("not this month"))
            }
        }

        @Test func `a verdict that is no verdict decides nothing`() async throws {
            try await withPeople("ben") { office in
                let call = try await office.propose()
                for verdict in ["approved", "", "APPROVE", "yes", "rejected"] {
                    let refusal = await office.refusal("approvals-decide", decision(call, "ben", verdict))
                    #expect(refusal?.code == "refused", "\(verdict)")
                }
                #expect(try await office.house.gate.journal.call(call.id)?.phase == .proposed)
            }
        }

        @Test func `a call that is not known or does not wait is not decided`() async throws {
            try await withPeople("ben") { office in
                let unknown = CallID(at: systemTime(), random: (1, 1)).text
                var arguments = decision(try await office.propose(), "ben")
                arguments["call"] = .string(unknown)
                #expect(await office.refusal("approvals-decide", arguments)?.code == "unknown-tool")
                arguments["call"] = "x"
                #expect(await office.refusal("approvals-decide", arguments)?.message == "'x' is no call id")
                #expect(await office.refusal("approvals-show", ["call": .string(unknown)])?.code == "refused")
            }
        }

        @Test func `an explicit list is decided, and nothing else`() async throws {
            try await withPeople("ben", "ana") { office in
                let calls = [try await office.propose(5), try await office.propose(6), try await office.propose(7)]
                let own = try await office.propose(8, as: "ben")
                var arguments = decision(calls[0], "ben")
                let ids = [calls[0], own, calls[1]].map { JSONValue.string($0.id.text) }
                arguments["calls"] = .array(ids)
                let message = try await office.run("approvals-decide", arguments)["message"]?.string ?? ""
                #expect(
                    message.contains("\(own.id) is left as it is: You cannot decide a call that was made in your own"))
                let phases = try await [calls[0], calls[1], calls[2], own].map(\.id).asyncMap {
                    try await office.house.gate.journal.call($0)?.phase
                }
                #expect(phases == [.approved, .approved, .proposed, .proposed])
                for list in [[], [ids[2], ids[2]], ["x"], Array(repeating: ids[2], count: 101)] as [[JSONValue]] {
                    arguments["calls"] = .array(list)
                    #expect(await office.refusal("approvals-decide", arguments)?.code == "refused")
                }
            }
        }

        @Test func `a list that begins with a call that is decided already slows down all the same`() async throws {
            let rules = Office.configuration.replacingOccurrences(
                of: "approvers: [manager]",
                with: "approvers: [manager], haste: { approvals: 1, within: 1h, pause: 30m }")
            try await Office.open(configuration: rules) { office in
                try await office.run("users-add", ["name": "ben", "password": .string(Office.password)])
                let old = try await office.propose(5)
                try await office.run("approvals-decide", decision(old, "ben"))
                let next = try await office.propose(6)
                var arguments = decision(next, "ben")
                arguments["calls"] = [.string(old.id.text), .string(next.id.text)]
                let message = try await office.run("approvals-decide", arguments)["message"]?.string ?? ""
                #expect(message.contains("\(next.id) is left as it is: You approved 1 calls"))
                #expect(try await office.house.gate.journal.call(next.id)?.phase == .proposed)
            }
        }

        @Test func `a delegation holds across a restart, and ends`() async throws {
            try await withPeople("ben", "cleo") { office in
                let call = try await office.propose()
                #expect(await office.refusal("approvals-decide", decision(call, "cleo"))?.code == "denied")
                var arguments: JSONObject = [
                    "person": "ben", "password": .string(Office.password), "to": "cleo", "until": "8h",
                    "reason": "on leave",
                ]
                for (key, value) in [("to", "zoe"), ("to", "ben"), ("until", "91d"), ("until", "soon")] {
                    var wrong = arguments
                    wrong[key] = .string(value)
                    #expect(await office.refusal("approvals-delegate", wrong)?.code == "refused", "\(value)")
                }
                arguments["roles"] = ["owner"]
                #expect(
                    await office.refusal("approvals-delegate", arguments)?.message == "you do not have the role 'owner'"
                )
                arguments["roles"] = nil
                try await office.run("approvals-delegate", arguments)
                let listed = try await office.run("approvals-delegations")["delegations"]?.array ?? []
                #expect(listed.count == 1 && listed[0]["reason"] == "on leave")
                let folded = try await delegations(in: office.house.gate.journal)
                #expect(folded == office.house.gate.delegations.withLock { $0 }, "what a restart would read")
                try await office.run("approvals-decide", decision(call, "cleo"))
                let shown = try await office.run("approvals-show", ["call": .string(call.id.text)])
                #expect(shown["verdicts"] == "cleo (clerk, manager in place of ben)")
                // Ben's own calls are not Cleo's to decide in Ben's place.
                let own = try await office.propose(9, as: "ben")
                #expect(await office.refusal("approvals-decide", decision(own, "cleo"))?.code == "denied")
                try await office.run("approvals-undelegate", arguments)
                #expect(await office.refusal("approvals-undelegate", arguments)?.code == "refused")
                #expect(try await office.propose().id != call.id, "what was approved in his place is void")
                #expect(try await delegations(in: office.house.gate.journal).all(at: systemTime()).isEmpty)
            }
        }

        @Test func `the user for whom a call was made takes it back`() async throws {
            try await withPeople("ana", "ben") { office in
                let call = try await office.propose()
                var arguments: JSONObject = [
                    "call": .string(call.id.text), "person": "ben", "password": .string(Office.password),
                ]
                #expect(await office.refusal("approvals-withdraw", arguments)?.code == "unknown-tool")
                arguments["person"] = "ana"
                try await office.run("approvals-withdraw", arguments)
                #expect(try await office.house.gate.journal.call(call.id)?.phase == .withdrawn)
            }
        }

        @Test func `how people decide is told by person and by rule`() async throws {
            try await withPeople("ben") { office in
                for amount in 1...3 {
                    let call = try await office.propose(amount)
                    try await office.run(
                        "approvals-decide", decision(call, "ben", amount == 2 ? "reject" : "approve"))
                }
                let pace = try await office.run("approvals-pace")
                #expect(pace["people"]?.array?.map { [$0["name"], $0["decided"], $0["approved"]] } == [["ben", 3, 2]])
                #expect(pace["rules"]?.array?.map { $0["name"] } == ["writes"])
                #expect((pace["people"]?.array?.first?["shortest_gap_seconds"]?.int ?? -1) >= 0)
                #expect(await office.refusal("approvals-pace", ["since": "long"])?.code == "refused")
            }
        }

        @Test func `people are told that a call waits, that others may decide it, and that the glass was broken`()
            async throws
        {
            let receiver = TrapSource()
            let port = try await receiver.listen(on: MultiThreadedEventLoopGroup.singleton)
            let hooks = """
                notify:
                  - { webhook: "http://127.0.0.1:\(port)/all", secret: hook, allow-loopback: true, about: approvals }
                  - { webhook: "http://127.0.0.1:\(port)/chat", secret: hook, allow-loopback: true, as: chat }
                  - { webhook: "http://127.0.0.1:\(port)/none", secret: hook, allow-loopback: true, about: findings }
                pages: { listen: 127.0.0.1:9443, url: https://gate.example }

                """
            let rules = Office.configuration.replacingOccurrences(
                of: "approvers: [manager]",
                with: "approvers: [manager], escalate: { after: 10m, to: [boss] }, break-glass: [clerk]")
            try await Office.open(more: hooks, configuration: rules) { office in
                let house = office.house
                try await office.run("vault-put", ["name": "hook", "secret": "s"])
                try await office.run("users-add", ["name": "cleo", "password": .string(Office.password)])
                house.onProposal.replace { house.ask(for: $0) }
                let call = try await office.propose()
                let later = house.gate.now().advanced(bySeconds: 700)
                try await house.tellOfEscalations(after: house.gate.now(), until: later)
                try await house.tellOfEscalations(after: later, until: later.advanced(bySeconds: 30))
                var arguments = decision(call, "cleo", reason: "<!here> the shop is down")
                arguments["break_glass"] = true
                try await office.run("approvals-decide", arguments)
                await house.background.end()
                let told = receiver.requests.map { ($0.target, String(decoding: $0.body, as: UTF8.self)) }
                #expect(Set(told.map(\.0)) == ["/all", "/chat"])
                let types = told.filter { $0.0 == "/all" }.compactMap { try? JSONParser.parse($0.1)["type"]?.string }
                #expect(types.sorted() == ["approval.break-glass", "approval.escalated", "approval.requested"])
                let link = "https://gate.example/approvals/\(call.id.text)"
                for (target, body) in told {
                    let value = try JSONParser.parse(body)
                    if target == "/all" { #expect(value["data"]?["link"] == .string(link)) }
                    if target == "/chat" {
                        #expect(value.object?.map(\.key) == ["text"])
                        #expect(value["text"]?.string?.hasSuffix("\n" + link) == true)
                        #expect(!body.contains("<"))
                    }
                }
            }
            await receiver.close()
        }

        @Test func `a person who looked says what became of a call`() async throws {
            try await withPeople("ben", "ana") { office in
                let call = try await office.propose()
                try await office.run("approvals-decide", decision(call, "ben"))
                var running = try #require(try await office.house.gate.journal.call(call.id))
                let admitted = CallEvent(.admitted, at: systemTime())
                try running.apply(admitted)
                #expect(
                    try await office.house.gate.journal.append(
                        Addition(call: running, events: [admitted], durability: .now)))
                // What a start does with a call that a crash interrupted.
                #expect(try await office.house.gate.recover() == 1)
                #expect(try await office.run("approvals-unknown")["calls"]?.array?.count == 1)
                var arguments: JSONObject = [
                    "call": .string(call.id.text), "person": "ben", "password": .string(Office.password),
                ]
                #expect(await office.refusal("approvals-reconcile", arguments)?.code == "refused", "no server to ask")
                arguments["happened"] = true
                #expect(await office.refusal("approvals-reconcile", arguments)?.message == "'reason' is missing")
                arguments["reason"] = "it is in the books"
                var own = arguments
                own["person"] = "ana"
                #expect(await office.refusal("approvals-reconcile", own)?.code == "denied")
                #expect(try await office.run("approvals-reconcile", arguments)["outcome"] == "result")
                #expect(try await office.run("approvals-unknown")["calls"]?.array?.isEmpty == true)
            }
        }

        @Test func `a recorded call explains itself`() async throws {
            try await withPeople() { office in
                let call = try await office.propose()
                let explained = try await office.run("call-explain", ["call": .string(call.id.text)])
                #expect(explained["effect"] == "ask")
                #expect(explained["because"] == ["writes"])
                #expect(
                    explained["explanation"]?.string?.hasPrefix(
                        "create_order for ana was needs a human's approval by writes") == true)
            }
        }
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
