import Core
import Engine
import Foundation
import JSON
import Settings
import Synchronization
import Testing
import Web

@testable import Commands

extension OfficeTests {
    @Suite struct ObservatoryTests {
        @Test func `it is ready once a configuration is in force and the log is sealed, and no more once it ends`()
            async throws
        {
            try await Office.open(more: "observe: {}\n") { office in
                let house = office.house
                try await house.prepareProbe()
                #expect(await house.health() == Health(journal: true, log: false, snapshot: false, serving: true))
                await house.seal()
                house.pulse.begin()
                let settings = try #require(office.configuration.observe)
                let observatory = Observatory(house: house, settings: settings)
                func ask(_ path: String) async -> ObserveReply {
                    await observatory.answer(ObserveRequest("GET", path, host: "127.0.0.1:9464"))
                }
                #expect(await ask("/readyz").status == 200)
                house.pulse.stop()
                let reply = await ask("/readyz")
                #expect(reply.status == 503)
                #expect(String(decoding: reply.body, as: UTF8.self).contains(#""serving":"failed""#))
                #expect(await ask("/healthz").status == 200)
            }
        }

        @Test func `no page in a browser gets anything, on any path`() async throws {
            try await Office.open(more: "observe: {}\n") { office in
                let settings = try #require(office.configuration.observe)
                let observatory = Observatory(house: office.house, settings: settings)
                for path in ["/healthz", "/readyz", "/metrics"] {
                    for host in [nil, "rebound.example:9464"] {
                        #expect(await observatory.answer(ObserveRequest("GET", path, host: host)).status == 403)
                    }
                    let request = ObserveRequest("GET", path, host: "localhost", isFromPage: true)
                    #expect(await observatory.answer(request).status == 403)
                }
            }
        }

        @Test func `a head that cannot be written leaves the log unsealed in what is told`() async throws {
            try await Office.open(more: "observe: {}\n") { office in
                let head = office.configuration.dataDirectory + "/" + DataDirectory.logHead
                try? FileManager.default.removeItem(atPath: head)
                try FileManager.default.createDirectory(atPath: head, withIntermediateDirectories: false)
                try await office.run("users-add", ["name": "ana"])
                await office.house.seal()
                #expect(office.house.logState.value.withLock { $0.lastSeal } == nil)
                #expect(await !office.house.health().log)
                try FileManager.default.removeItem(atPath: head)
                try await office.run("users-add", ["name": "ben"])
                await office.house.seal()
                #expect(office.house.logState.value.withLock { $0.lastSeal } != nil)
            }
        }

        @Test func `without figures nothing is counted and no stage is timed`() async throws {
            try await Office.open { office in #expect(!office.house.gate.isObserved) }
            try await Office.open(more: "observe: {}\n") { office in #expect(office.house.gate.isObserved) }
        }

        @Test func `figures are for who may see them`() async throws {
            try await Office.open(more: "observe: { secret: scraper }\n") { office in
                let settings = try #require(office.configuration.observe)
                let observatory = Observatory(house: office.house, settings: settings)
                let request = ObserveRequest("GET", "/metrics", host: "localhost", authorization: "Bearer s3cret")
                #expect(await observatory.answer(request).status == 401, "there is no such secret yet")
                try await office.run("vault-put", ["name": "scraper", "secret": "s3cret"])
                #expect(await observatory.answer(request).status == 200)
                for authorization in [nil, "Bearer s3cre", "Bearer s3cret2", "Bearer "] {
                    let request = ObserveRequest("GET", "/metrics", host: "localhost", authorization: authorization)
                    #expect(await observatory.answer(request).status == 401)
                }
            }
        }
    }
}
