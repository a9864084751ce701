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
    @Suite struct HouseTests {
        @Test func `a second owner is refused and told who the first is`() async throws {
            try await Office.open { office in
                let error = await #expect(throws: CommandError.self) {
                    _ = try await House.open(office.configuration, logger: Office.logger)
                }
                #expect(error?.message.hasPrefix("process \(getpid()) owns '") == true)
                #expect(error?.hint != nil)
            }
        }

        @Test func `everything in the data directory is private`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                let folder = office.path + "/data"
                let manager = FileManager.default
                #expect(try manager.attributesOfItem(atPath: folder)[.posixPermissions] as? Int == 0o700)
                let names = try manager.contentsOfDirectory(atPath: folder)
                #expect(names.contains(DataDirectory.vaultKey) && names.contains(DataDirectory.signingKey))
                for name in [DataDirectory.vaultKey, DataDirectory.signingKey] {
                    let mode = try manager.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
                    #expect(mode == 0o600, "\(name)")
                }
            }
        }

        @Test func `what was put in is there after a restart`() async throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "house-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: path) }
            try Office.write(Office.configuration, to: path + "/sallyport.yaml")
            try Office.write(Office.document, to: path + "/shop.yaml")
            let configuration = try #require(load(path + "/sallyport.yaml").configuration)
            var issuers: Set<String> = []
            for round in 0..<2 {
                let house = try await House.open(configuration, logger: Office.logger)
                let administration = Administration(house: house, snapshot: nil, reload: nil, resource: "r")
                if round == 0 {
                    _ = await administration.answer(["command": "users-add", "arguments": ["name": "ana"]])
                    _ = await administration.answer([
                        "command": "vault-put", "arguments": ["name": "k", "secret": "v"],
                    ])
                } else {
                    #expect(try await house.users.isActive("ana"))
                    #expect(try await house.vault.withSecret("k", for: .source) { $0.bytes } == Array("v".utf8))
                }
                issuers.insert(house.issuer.issuer)
                try await house.close()
                // The lock goes with the last copy of the house.
            }
            #expect(issuers.count == 1)
        }

        @Test func `a snapshot holds the catalogue and a backend for each source`() async throws {
            try await Office.open { office in
                let (snapshot, upstreams) = try makeSnapshot(
                    office.configuration, [], vault: office.house.vault, group: MultiThreadedEventLoopGroup.singleton)
                #expect(snapshot.catalogue.tools.map(\.name) == ["create_order", "list_orders"])
                #expect(Array(snapshot.backends.keys) == ["shop"])
                #expect(snapshot.version == String(office.configuration.version.prefix(16)))
                #expect(snapshot.policy == office.configuration.policy)
                #expect(snapshot.approvers == ["ben": ["manager"], "cleo": ["clerk"], "ana": ["manager"]])
                #expect(upstreams.count == 1)
                // Without the user's own credential nothing is sent, and the call is not recorded as one.
                let reply = await office.house.gate.serve(
                    ToolRequest(name: "list_orders", arguments: [:]),
                    as: Principal(
                        user: "ana", agent: "agent", tenant: nil, roles: [], issuer: "test",
                        expires: systemTime().advanced(bySeconds: 60)),
                    in: snapshot)
                guard case .refused(let refusal, _) = reply else {
                    Issue.record("a call without a credential was not refused")
                    return
                }
                #expect(refusal.code == .missingCredential)
                for upstream in upstreams { await upstream.close() }
            }
        }

        @Test func `the hosts that may be named follow from the resource and the address`() async throws {
            try await Office.open { office in
                var configuration = office.configuration
                #expect(configuration.allowedHosts == ["127.0.0.1", "127.0.0.1:8080", "localhost"])
                configuration.listen.host = "::1"
                configuration.resource = "https://gateway.example/mcp"
                #expect(configuration.allowedHosts == ["[::1]", "gateway.example", "localhost"])
                configuration.listen.host = "0.0.0.0"
                #expect(configuration.allowedHosts == ["0.0.0.0", "gateway.example"])
                configuration.hosts = ["only.example"]
                #expect(configuration.allowedHosts == ["only.example"])
            }
        }
    }
}
