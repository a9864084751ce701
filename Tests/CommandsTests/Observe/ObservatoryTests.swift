import Foundation
import JSON
import Settings
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
                #expect(await observatory.answer(ObserveRequest("GET", "/readyz")).status == 200)
                house.pulse.stop()
                let reply = await observatory.answer(ObserveRequest("GET", "/readyz"))
                #expect(reply.status == 503)
                #expect(String(decoding: reply.body, as: UTF8.self).contains(#""serving":"failed""#))
                #expect(await observatory.answer(ObserveRequest("GET", "/healthz")).status == 200)
            }
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
