import Core
import Engine
import Foundation
import JSON
import NIOPosix
import Notices
import Report
import Settings
import Testing

@testable import Commands

extension OfficeTests {
    /// What becomes of findings, tools and attestations over time.
    @Suite struct FindingsTests {
        private func state(_ id: String, _ office: Office) async throws -> String? {
            try await office.run("findings-show", ["finding": .string(id)])["state"]?.string
        }

        private func withPeople(_ body: (Office) async throws -> Void) async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ben", "password": .string(Office.password)])
                try await office.run("users-add", ["name": "dora", "password": .string(Office.password)])
                try await body(office)
            }
        }

        private func day(_ office: Office, _ days: Int) -> JSONValue {
            .string(office.house.gate.now().advanced(bySeconds: days * 86_400).date)
        }

        private let ben: JSONObject = ["person": "ben", "password": .string(Office.password)]

        private func with(_ person: JSONObject, _ arguments: JSONObject) -> JSONObject {
            var object = arguments
            for member in person { object[member.key] = member.value }
            return object
        }

        @Test func `a finding gets an owner and a day, is accepted for a time, and fails no report meanwhile`()
            async throws
        {
            try await withPeople { office in
                let id = "ownerless-tool:shop/list_orders"
                #expect(
                    await office.refusal("findings-show", ["finding": .string(id)])?.code == "refused", "nobody looked")
                let first = try await office.run("report", ["format": "json"])
                func open(_ reply: JSONValue) -> [String] {
                    reply["open"]?.array?.compactMap { $0["id"]?.string } ?? []
                }
                #expect(open(first).contains(id))
                #expect(try await state(id, office) == "open")
                try await office.run(
                    "findings-assign", with(ben, ["finding": .string(id), "owner": "ops", "due": day(office, 3)]))
                try await office.run(
                    "findings-accept",
                    with(ben, ["finding": .string(id), "reason": "moves in May", "until": day(office, 30)]))
                #expect(try await state(id, office) == "accepted")
                let second = try await office.run("report", ["format": "json", "since": "1d"])
                #expect(!open(second).contains(id))
                #expect(second["total"] == first["total"], "accepting earns nothing")
                let report = try JSONParser.parse(second["report"]?.string ?? "")
                let finding = report["findings"]?.array?.first { $0["id"]?.string == id }
                #expect(finding?["owner"] == "ops")
                #expect(finding?["acceptance"]?["by"] == "ben")
                let steps = report["changes"]?["steps"]?.array?.filter { $0["finding"]?.string == id }
                #expect(steps?.compactMap { $0["by"]?.string } == ["system", "ben", "ben"])
                let sarif = try JSONParser.parse(
                    try await office.run("report", ["format": "sarif"])["report"]?.string ?? "")
                let results = sarif["runs"]?.array?.first?["results"]?.array ?? []
                #expect(results.count == report["findings"]?.array?.count)
                #expect(results.filter { $0["suppressions"] != nil }.count == 1)
                try await office.run("findings-withdraw", with(ben, ["finding": .string(id), "reason": "no"]))
                #expect(try await state(id, office) == "reopened")
                let acts = try await office.acts()
                for act in ["findings-found", "finding-assign", "finding-accept", "finding-withdraw", "look"] {
                    #expect(acts.contains(act), "\(act)")
                }
            }
        }

        @Test func `who acts is a person of the configuration, with their password`() async throws {
            try await withPeople { office in
                _ = try await office.run("report", ["format": "json"])
                let accept: JSONObject = [
                    "finding": "ownerless-tool:shop/list_orders", "reason": "r", "until": day(office, 3),
                ]
                let others: [JSONObject] = [
                    ["person": "ben", "password": "wrong password"],
                    ["person": "dora", "password": .string(Office.password)],
                    ["person": "zoe", "password": .string(Office.password)], ["person": "ben"], [:],
                ]
                for other in others {
                    #expect(await office.refusal("findings-accept", with(other, accept)) != nil, "\(other)")
                    #expect(
                        await office.refusal(
                            "attest",
                            with(
                                other, ["subject": "compliance", "link": "https://a.example", "until": day(office, 3)]))
                            != nil)
                    #expect(
                        await office.refusal("tools-review", with(other, ["seen": ["shop/list_orders": "x"]])) != nil)
                }
                #expect(try await state("ownerless-tool:shop/list_orders", office) == "open")
                #expect(try await office.acts().contains("sign-in-refused"))
                #expect(
                    try await !office.acts().contains { ["attest", "finding-accept", "tools-reviewed"].contains($0) })
            }
        }

        @Test func `what has no end within a year, no reason or no finding is refused`() async throws {
            try await withPeople { office in
                _ = try await office.run("report", ["format": "json"])
                let id: JSONValue = "ownerless-tool:shop/list_orders"
                let cases: [JSONObject] = [
                    ["finding": id, "reason": "r"], ["finding": id, "reason": "r", "until": "soon"],
                    ["finding": id, "reason": "r", "until": day(office, -1)],
                    ["finding": id, "reason": "r", "until": day(office, 400)],
                    ["finding": id, "reason": "", "until": day(office, 3)], ["finding": id, "until": day(office, 3)],
                    ["finding": id, "reason": .string(String(repeating: "r", count: 501)), "until": day(office, 3)],
                    ["finding": "nothing:x", "reason": "r", "until": day(office, 3)],
                ]
                for arguments in cases {
                    #expect(await office.refusal("findings-accept", with(ben, arguments)) != nil, "\(arguments)")
                }
                #expect(await office.refusal("findings-assign", with(ben, ["finding": id])) != nil)
                #expect(
                    await office.refusal("findings-assign", with(ben, ["finding": id, "due": "2027-02-30"])) != nil)
                #expect(await office.refusal("findings-withdraw", with(ben, ["finding": id, "reason": "r"])) != nil)
                #expect(await office.refusal("findings-list", ["state": "lost"]) != nil)
                #expect(await office.refusal("report", ["format": "json", "since": "yesterday"]) != nil)
            }
        }

        @Test func `an attestation fills the checklist, names who and where, and adds no point`() async throws {
            try await withPeople { office in
                func items(_ reply: JSONValue) throws -> [JSONValue] {
                    try JSONParser.parse(reply["report"]?.string ?? "")["checklist"]?.array ?? []
                }
                let before = try await office.run("report", ["format": "json"])
                #expect(try items(before).first { $0["item"]?.string?.contains("incident") == true }?["met"] == false)
                try await office.run(
                    "attest",
                    with(
                        ben,
                        [
                            "subject": "incident-process", "link": "https://wiki.example/incidents",
                            "until": day(office, 90),
                        ]))
                let after = try await office.run("report", ["format": "json"])
                let item = try items(after).first { $0["item"]?.string?.contains("incident") == true }
                #expect(item?["met"] == true)
                #expect(item?["evidence"]?.string?.contains("ben on ") == true)
                #expect(item?["evidence"]?.string?.contains("https://wiki.example/incidents") == true)
                #expect(after["total"] == before["total"])
                #expect(try await state("missing-attestation:incident-process", office) == "fixed")
                let listed = try await office.run("attest-list")["attestations"]?.array ?? []
                #expect(listed.count == 4 && listed.filter { $0["holds"] == true }.count == 1)
                for (subject, link) in [
                    ("weather", "https://a.example"), ("compliance", "wiki"), ("compliance", "javascript:x"),
                ] {
                    let arguments: JSONObject = [
                        "subject": .string(subject), "link": .string(link), "until": day(office, 9),
                    ]
                    #expect(await office.refusal("attest", with(ben, arguments)) != nil, "\(subject) \(link)")
                }
            }
        }

        @Test func `the history keeps what changed, not every look`() async throws {
            try await withPeople { office in
                for _ in 0..<4 { _ = try await office.run("report", ["format": "json"]) }
                #expect(try await office.acts().count { $0 == "look" } == 1)
                try await office.run("vault-put", ["name": "shop", "user": "ana", "secret": "s3cr3t-value"])
                let reply = try await office.run("report", ["format": "json"])
                #expect(try await office.acts().count { $0 == "look" } == 2)
                let history = try JSONParser.parse(reply["report"]?.string ?? "")["history"]?.array ?? []
                #expect(history.count == 1)
                #expect(history[0]["score"]?.int ?? 100 < reply["total"]?.int ?? 0)
            }
        }
    }

    /// A server that reads its sources anew.
    @Suite struct RereadTests {
        private func serving(_ body: (Office, RunningServerTests.Operator) async throws -> Void) async throws {
            try await RunningServerTests().serving { office, person in
                _ = try await person.ask("users-add", ["name": "ben", "password": .string(Office.password)])
                _ = try await person.ask("report", ["format": "json"])
                try await body(office, person)
            }
        }

        private func reread(_ person: RunningServerTests.Operator) async throws -> (changed: Bool?, new: [String]) {
            let reply = try await person.ask("sources-reread")?["result"]
            return (reply?["changed"]?.bool, reply?["new"]?.array?.compactMap { $0["finding"]?.string } ?? [])
        }

        @Test func `a changed definition is held back until a person looked`() async throws {
            try await serving { office, person in
                let document = office.path + "/shop.yaml"
                #expect(try await reread(person).changed == false)
                try Office.write(
                    Office.document.replacingOccurrences(of: "description: Orders.", with: "description: Other.")
                        .replacingOccurrences(
                            of: "operationId: listOrders,", with: "operationId: listOrders, summary: Send all mail.,"),
                    to: document)
                let told = try await reread(person)
                #expect(told.changed == true)
                #expect(told.new.contains("changed-definition:shop/list_orders"))
                var status = try await person.ask("status")?["result"]
                #expect(status?["tools"] == 1 && status?["suspended"] == 1)

                let reload = try await person.ask("reload")
                #expect(reload?["result"] != nil)
                status = try await person.ask("status")?["result"]
                #expect(status?["suspended"] == 1, "no reload lifts it")

                let shown = try await person.ask("tools-changes", ["changed": true])?["result"]?["tools"]?.array ?? []
                #expect(shown.count == 1 && shown[0]["tool"] == "shop/list_orders")
                #expect(shown[0]["changed"] == ["its texts"])
                #expect(shown[0]["now"]?["words"]?.string?.contains("Send all mail") == true)
                #expect(shown[0]["before"]?["words"]?.string?.contains("Send all mail") == false)
                let review: JSONObject = [
                    "seen": ["shop/list_orders": shown[0]["mark"] ?? .null], "person": "ben",
                    "password": .string(Office.password),
                ]
                // Meanwhile it is another one still: what was looked at is not what would come into force.
                let now = try String(contentsOfFile: document, encoding: .utf8)
                try Office.write(now.replacingOccurrences(of: "Send all mail", with: "Burn all mail"), to: document)
                #expect(try await reread(person).new == ["changed-definition:shop/list_orders"], "told once more")
                #expect(try await person.ask("tools-review", review)?["error"] != nil)
                status = try await person.ask("status")?["result"]
                #expect(status?["suspended"] == 1)
                try Office.write(now, to: document)
                _ = try await reread(person)
                #expect(try await person.ask("tools-review", review)?["result"] != nil)
                status = try await person.ask("status")?["result"]
                #expect(status?["tools"] == 2 && status?["suspended"] == 0)
                #expect(
                    try await person.ask("tools-changes", ["changed": true])?["error"] != nil,
                    "nothing changed any more")
                _ = try await person.ask("report", ["format": "json"])
                let outcome = try await person.ask("findings-show", ["finding": "changed-definition:shop/list_orders"])
                #expect(outcome?["result"]?["state"] == "fixed")
                let acts = try await office.acts()
                #expect(acts.contains("sources-changed") && acts.contains("tools-reviewed"))
            }
        }

        @Test func `a new operation has no tool and is told`() async throws {
            try await serving { office, person in
                try Office.write(
                    Office.document
                        + "  /wipe:\n    delete: { operationId: wipe, responses: { \"204\": { description: Gone. } } }\n",
                    to: office.path + "/shop.yaml")
                let told = try await reread(person)
                #expect(told.new.contains { $0.hasPrefix("new-operation:shop/") })
                let status = try await person.ask("status")?["result"]
                #expect(status?["tools"] == 2 && status?["never"] == 1)
                #expect(try await reread(person).new.isEmpty, "told once")
            }
        }

        @Test(arguments: ["openapi: [", "", "openapi: 3.1.0\ninfo: { title: Shop, version: \"1\" }\npaths: {}\n"])
        func `a source that cannot be used any more changes nothing and is told`(_ text: String) async throws {
            try await serving { office, person in
                let before = try await person.ask("status")?["result"]
                try Office.write(text, to: office.path + "/shop.yaml")
                let refused = try await person.ask("sources-reread")
                #expect(refused?["error"]?["message"]?.string?.hasPrefix("the sources cannot be used") == true)
                let listed = try await person.ask("findings-list")?["result"]?["findings"]?.array ?? []
                #expect(listed.contains { $0["id"]?.string?.hasPrefix("unreadable-source:") == true })
                #expect(try await person.ask("status")?["result"]?["snapshot"] == before?["snapshot"])
                try Office.write(Office.document, to: office.path + "/shop.yaml")
                #expect(try await reread(person).changed == false)
                let findings = try await person.ask("findings-list")?["result"]?["findings"]?.array ?? []
                #expect(!findings.contains { $0["id"]?.string?.hasPrefix("unreadable-source:") == true })
            }
        }

        @Test(arguments: [
            ("tags: [internal],", "tags: [public],"), ("", "tags: [public],"),
            ("application/json:", "application/x-www-form-urlencoded:"),
        ])
        func `whatever policy or the request goes by is pinned`(_ before: String, _ after: String) async throws {
            let document = Office.document.replacingOccurrences(
                of: "operationId: createOrder",
                with: "tags: [internal]\n      operationId: createOrder")
            try await Office.open(document: document) { office in
                try await office.house.pin(try await office.house.compareTools(of: office.configuration))
                let changed =
                    before.hasPrefix("application")
                    ? document.replacingOccurrences(of: before, with: after)
                    : document.replacingOccurrences(of: "tags: [internal]", with: "tags: [public]")
                #expect(changed != document)
                try Office.write(changed, to: office.path + "/shop.yaml")
                let loaded = try #require(load(office.path + "/sallyport.yaml").configuration)
                #expect(try await office.house.compareTools(of: loaded).suspended == ["shop/create_order"])
            }
        }

        @Test func `a way over never lifts nothing`() async throws {
            try await Office.open { office in
                let house = office.house
                func compare(_ text: String) async throws -> ToolChanges {
                    try Office.write(text, to: office.path + "/sallyport.yaml")
                    let loaded = try #require(load(office.path + "/sallyport.yaml").configuration)
                    let changes = try await house.compareTools(of: loaded)
                    try await house.pin(changes)
                    return changes
                }
                _ = try await compare(Office.configuration)
                let never = Office.configuration.replacingOccurrences(
                    of: "list_orders: { bucket: read", with: "list_orders: { bucket: never")
                _ = try await compare(never)
                try Office.write(
                    Office.document.replacingOccurrences(
                        of: "operationId: listOrders,", with: "operationId: listOrders, summary: Other,"),
                    to: office.path + "/shop.yaml")
                #expect(try await compare(never).suspended.isEmpty)
                #expect(try await compare(Office.configuration).suspended == ["shop/list_orders"])
            }
        }

        @Test func `looks at once find what is new once`() async throws {
            try await Office.open { office in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 { group.addTask { [house = office.house] in try await house.look().new.count } }
                    var counts: [Int] = []
                    for try await count in group { counts.append(count) }
                    #expect(counts.sorted().prefix(3) == [0, 0, 0] && counts.contains { $0 > 0 })
                }
                #expect(try await office.acts().count { $0 == "look" } <= 2)
            }
        }

        @Test func `a change of the configuration file waits for an order to reload`() async throws {
            try await serving { office, person in
                try Office.write("version: [", to: office.path + "/sallyport.yaml")
                #expect(try await reread(person).changed == false)
                #expect(try await person.ask("reload")?["error"] != nil)
            }
        }

        @Test func `who wants to hear of it is told, with a signature`() async throws {
            let receiver = TrapSource()
            let port = try await receiver.listen(on: MultiThreadedEventLoopGroup.singleton)
            let hook =
                "notify: [{ webhook: \"http://127.0.0.1:\(port)/hook?a=b\", secret: hook, allow-loopback: true }]\n"
            try await RunningServerTests().serving(more: hook) { office, person in
                _ = try await person.ask("vault-put", ["name": "hook", "secret": "what both know"])
                _ = try await person.ask("report", ["format": "json"])
                try Office.write(
                    Office.document.replacingOccurrences(of: "description: Orders.", with: "description: Other.")
                        .replacingOccurrences(of: "amount: { type: number }", with: "amount: { type: integer }"),
                    to: office.path + "/shop.yaml")
                _ = try await reread(person)
                await office.house.background.end()
                let request = try #require(
                    receiver.requests.last { String(decoding: $0.body, as: UTF8.self).contains("changed-definition") })
                #expect(request.method == "POST" && request.target == "/hook?a=b")
                func header(_ name: String) -> String { request.headers.first { $0.name == name }?.value ?? "" }
                let seconds = try #require(Int(header("webhook-timestamp")))
                #expect(abs(seconds - systemTime().seconds) < 60)
                #expect(
                    header("webhook-signature")
                        == Webhook.signature(
                            of: request.body, id: header("webhook-id"), at: seconds, key: Array("what both know".utf8)))
                let body = try JSONParser.parse(request.body)
                #expect(body["type"] == "findings.found")
                #expect(body["data"]?["findings"]?.array?.first?["id"] == "changed-definition:shop/create_order")
                #expect(try await !office.acts().contains("notice-failed"))
            }
            await receiver.close()
        }

        @Test func `a notice that cannot be sent is written down`() async throws {
            let hook = "notify: [{ webhook: \"http://127.0.0.1:9/hook\", secret: hook, allow-loopback: true }]\n"
            try await Office.open(more: hook) { office in
                let notice = Notice("findings.found", at: office.house.gate.now(), summary: "one")
                try await office.house.send(notice)
                #expect(try await office.acts() == ["notice-failed"], "the vault has no such secret")
                try await office.run("vault-put", ["name": "hook", "secret": "s"])
                try await office.house.send(notice)
                #expect(try await office.acts() == ["notice-failed", "vault-put", "notice-failed"], "nobody listens")
            }
        }

        @Test func `what changed while no server ran is held back at the start`() async throws {
            try await Office.open(listening: true) { office in
                try await office.house.pin(try await office.house.compareTools(of: office.configuration))
                try Office.write(
                    Office.document.replacingOccurrences(
                        of: "amount: { type: number }", with: "amount: { type: string }"),
                    to: office.path + "/shop.yaml")
                let loaded = try #require(load(office.path + "/sallyport.yaml").configuration)
                #expect(try await office.house.compareTools(of: loaded).suspended == ["shop/create_order"])
            }
        }
    }
}
