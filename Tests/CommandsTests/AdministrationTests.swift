import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import NIOPosix
import Settings
import Testing
import Vault

@testable import Commands

extension OfficeTests {
    @Suite struct AdministrationTests {
        // MARK: Users and tokens

        @Test func `users are added, listed, given passwords and disabled`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana", "tenant": "north", "roles": ["sales", "lead"]])
                try await office.run("users-add", ["name": "ben", "password": .string(Office.password)])
                try await office.run("users-password", ["name": "ana", "password": .string(Office.password)])
                try await office.run("users-disable", ["name": "ben"])
                let users = try await office.run("users-list")["users"]?.array ?? []
                #expect(users.map { $0["name"] } == ["ana", "ben"])
                #expect(users.map { $0["roles"] } == [["lead", "sales"], []])
                #expect(users.map { $0["has_password"] } == [true, true])
                #expect(users.map { $0["disabled"] } == [false, true])
                #expect(users.map { $0["tenant"] } == ["north", .null])
                #expect(try await office.acts() == ["user-add", "user-add", "user-password", "user-disable"])
            }
        }

        @Test func `what cannot be is refused with its code`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                #expect(await office.refusal("users-add", ["name": "ana"])?.code == "exists")
                #expect(await office.refusal("users-add", ["name": "Ana B"])?.code == "invalid-name")
                #expect(
                    await office.refusal("users-add", ["name": "dora", "password": "short"])?.code == "weak-password")
                #expect(await office.refusal("users-add", ["name": "dora", "roles": ["a b"]])?.code == "invalid-role")
                #expect(
                    await office.refusal("users-password", ["name": "zoe", "password": "long enough"])?.code
                        == "unknown")
                #expect(await office.refusal("users-disable", ["name": "zoe"])?.code == "unknown")
                #expect(await office.refusal("users-add", [:])?.message == "'name' is missing")
                #expect(await office.refusal("users-ad", [:])?.message == "unknown command 'users-ad'")
                #expect(await office.refusal("", [:])?.code == "refused")
                #expect(try await office.run("users-list")["users"]?.array?.count == 1)
            }
        }

        @Test func `a token is for an active user, this resource and a bounded time`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana", "tenant": "north", "roles": ["sales"]])
                let reply = try await office.run("token-issue", ["user": "ana", "agent": "helper", "lifetime": "10m"])
                let token = try #require(reply["token"]?.string)
                let authenticator = try makeAuthenticator(office.configuration, office.house, Office.logger)
                let now = systemTime()
                let principal = try await authenticator.authenticate(bearer: Array(token.utf8), at: now)
                #expect(principal.user == "ana")
                #expect(principal.agent == "helper")
                #expect(principal.tenant == "north")
                #expect(principal.roles == ["sales"])
                #expect(abs(principal.expires.seconds - now.seconds - 600) <= 5)
                for lifetime in ["0s", "25h", "week", "-1s", "99999999999999999d"] {
                    let arguments: JSONObject = ["user": "ana", "agent": "helper", "lifetime": .string(lifetime)]
                    #expect(await office.refusal("token-issue", arguments)?.code == "refused", "\(lifetime)")
                }
                #expect(await office.refusal("token-issue", ["user": "zoe", "agent": "helper"])?.code == "refused")
                try await office.run("users-disable", ["name": "ana"])
                #expect(await office.refusal("token-issue", ["user": "ana", "agent": "helper"])?.code == "disabled")
                authenticator.flush()
                await #expect(throws: AuthenticationFault.self) {
                    try await authenticator.authenticate(bearer: Array(token.utf8), at: now)
                }
            }
        }

        @Test func `a change of users counts at once for tokens that were verified before`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                let token =
                    try await office.run("token-issue", ["user": "ana", "agent": "helper"])["token"]?.string ?? ""
                let authenticator = try makeAuthenticator(office.configuration, office.house, Office.logger)
                let now = systemTime()
                _ = try await authenticator.authenticate(bearer: Array(token.utf8), at: now)
                let administration = Administration(
                    house: office.house, snapshot: nil, reload: nil, revoke: { authenticator.flush() },
                    resource: office.configuration.resource)
                _ = await administration.answer(["command": "users-disable", "arguments": ["name": "ana"]])
                #expect(authenticator.cached(PresentedToken(Array(token.utf8)), at: now) == nil)
            }
        }

        // MARK: Vault

        @Test func `secrets go in and never come out`() async throws {
            try await Office.open { office in
                try await office.run(
                    "vault-put", ["name": "shop", "user": "ana", "tenant": "north", "secret": "s3cr3t-one"])
                try await office.run("vault-put", ["name": "shop", "secret": "s3cr3t-two"])
                let again = try await office.run("vault-put", ["name": "shop", "secret": "s3cr3t-three"])
                #expect(again["message"] == "shop: version 2 for the source")
                let secrets = try await office.run("vault-list")
                #expect(secrets["secrets"]?.array?.map { $0["owner"] } == ["ana of north", "the source"])
                #expect(!secrets.text.contains("s3cr3t"))
                let held = try await office.house.vault.withSecret("shop", for: .user("ana", tenant: "north")) {
                    $0.bytes
                }
                #expect(held == Array("s3cr3t-one".utf8))
                #expect(try await !office.house.vault.holds("shop", for: .user("ana", tenant: nil)))
                try await office.run("vault-remove", ["name": "shop", "user": "ana", "tenant": "north"])
                #expect(await office.refusal("vault-remove", ["name": "shop", "user": "ana"])?.code == "refused")
                #expect(await office.refusal("vault-put", ["name": "shop"])?.message == "'secret' is missing")
            }
        }

        // MARK: Records

        @Test func `every act is recorded and no secret is in any record`() async throws {
            try await Office.open { office in
                let secrets = ["hunter2-password", "vault-value-9", "another-password", "door-code-77"]
                try await office.run(
                    "users-add", ["name": "ben", "tenant": "north", "roles": ["x"], "password": .string(secrets[0])])
                try await office.run("users-password", ["name": "ben", "password": .string(secrets[2])])
                try await office.run("vault-put", ["name": "shop", "user": "ana", "secret": .string(secrets[1])])
                try await office.run("vault-remove", ["name": "shop", "user": "ana"])
                try await office.run("users-add", ["name": "ana"])
                let token =
                    try await office.run("token-issue", ["user": "ana", "agent": "helper"])["token"]?.string ?? "-"
                guard
                    case .pending(let call) = await office.call(
                        "create_order", ["amount": 5, "door_password": .string(secrets[3])])
                else { throw CommandError("the call does not wait") }
                let decision: JSONObject = ["call": .string(call.id.text), "person": "ben", "verdict": "approve"]
                var wrong = decision
                wrong["password"] = "hunter3-password"
                _ = await office.refusal("approvals-decide", wrong)
                var right = decision
                right["password"] = .string(secrets[2])
                try await office.run("approvals-decide", right)
                try await office.run("audit-search", ["user": "ana"])
                #expect(
                    try await office.acts() == [
                        "user-add", "user-password", "vault-put", "vault-remove", "user-add", "token-issue",
                        "sign-in-refused", "audit-read",
                    ])
                let written = try await office.records().flatMap(\.body).map(\.text).joined()
                for secret in secrets + [token, "hunter3-password"] { #expect(!written.contains(secret), "\(secret)") }
                try await office.house.close()
                for name in try FileManager.default.contentsOfDirectory(atPath: office.path + "/data") {
                    let bytes = try Data(contentsOf: URL(filePath: office.path + "/data/" + name))
                    for secret in secrets + [token] {
                        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) is in \(name)")
                    }
                }
            }
        }

        @Test func `an audit search takes every filter`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ben"])
                let first = try await office.propose(5, as: "ana")
                _ = try await office.propose(6, as: "dora")
                _ = await office.call("list_orders", [:], as: "ana")
                func found(_ arguments: JSONObject) async throws -> [JSONValue] {
                    try await office.run("audit-search", arguments)["entries"]?.array ?? []
                }
                let id = JSONValue.string(first.id.text)
                #expect(try await found(["call": id]).count == 1)
                #expect(try await found(["call": id]).first?["call"] == id)
                #expect(try await found(["user": "dora"]).count == 1)
                #expect(try await found(["user": "dor"]).isEmpty)
                #expect(try await found(["agent": "agent"]).count >= 3)
                #expect(try await found(["tool": "list_orders"]).allSatisfy { $0["call"] != id })
                #expect(try await found(["phase": "proposed"]).count == 2)
                #expect(try await found(["phase": "proposed", "user": "ana", "tool": "create_order"]).count == 1)
                #expect(try await found(["since": "1h", "phase": "settled"]).count >= 1)
                #expect(try await found(["since": "0s", "user": "dora"]).isEmpty)
                #expect(try await found(["limit": 2]).count == 2)
                let newest = try await found(["limit": 1, "user": "ana"])
                let position = try #require(newest.first?["position"]?.int)
                let older = try await found(["limit": 1, "user": "ana", "before": JSONValue(position)])
                #expect((older.first?["position"]?.int ?? position) < position)
                #expect(await office.refusal("audit-search", ["phase": "done"])?.message == "'done' is no phase")
                #expect(await office.refusal("audit-search", ["since": "soon"])?.code == "refused")
                #expect(await office.refusal("audit-search", ["call": "7"])?.message == "'7' is no call id")
            }
        }

        @Test func `an audit search finds what was refused before it was a call`() async throws {
            try await Office.open { office in
                _ = await office.call("create_order", ["amount": "much"])
                _ = await office.call("no_such_tool", [:], as: "dora")
                let (snapshot, upstreams) = try makeSnapshot(
                    office.configuration, [], vault: office.house.vault, group: MultiThreadedEventLoopGroup.singleton)
                let reply = await office.house.gate.serve(
                    ToolRequest(name: "list_orders", arguments: [:]), as: office.principal("ana"), in: snapshot)
                for upstream in upstreams { await upstream.close() }
                guard case .refused(_, let call) = reply, let call else { throw CommandError("the call has no id") }
                func codes(_ arguments: JSONObject) async throws -> [JSONValue?] {
                    try await office.run("audit-search", arguments)["entries"]?.array?
                        .compactMap { $0["events"]?.array?.first }.filter { $0["act"] == "call-refused" }
                        .map { $0["details"]?["code"] } ?? []
                }
                #expect(try await codes(["tool": "create_order"]) == ["invalid-arguments"])
                #expect(try await codes(["tool": "no_such_tool"]) == ["unknown-tool"])
                #expect(try await codes(["call": .string(call.text)]) == ["missing-credential"])
                #expect(
                    try await codes(["agent": "agent"]) == ["missing-credential", "unknown-tool", "invalid-arguments"])
                #expect(try await codes(["agent": "agent", "user": "dora"]) == ["unknown-tool"])
                #expect(try await codes(["agent": "another"]).isEmpty)
            }
        }

        @Test func `status tells what waits and that no server runs`() async throws {
            try await Office.open { office in
                _ = try await office.propose()
                #expect(try await office.run("status")["waiting"] == 1)
                #expect(try await office.run("status")["running"] == false)
                #expect(await office.refusal("reload")?.message == "no server runs on this data directory")
                let running = Administration(
                    house: office.house, snapshot: { [snapshot = office.snapshot] in snapshot },
                    reload: { ["sallyport.yaml:1: error: broken"] }, resource: "x")
                let status = await running.answer(["command": "status"])["result"]
                #expect(status?["running"] == true)
                #expect(status?["tools"] == 2)
                let reload = await running.answer(["command": "reload"])
                #expect(reload["error"]?["message"]?.string?.contains("sallyport.yaml:1: error: broken") == true)
            }
        }
    }
}
