import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import Policy
import Report
import Risk
import Settings
import Synchronization
import Testing
import Vault

@testable import Commands

extension OfficeTests {
    /// What is tried on a twin, and that what is tried can fail.
    @Suite struct TwinTests {
        private func result(_ control: Control, _ examination: Examination) -> Double? {
            examination.observations.last { $0.control == control }?.result
        }

        private func open(_ office: Office, _ body: (inout Prober) async throws -> Void) async throws {
            try await Twin.open(office.configuration, Catalogue(office.configuration.tools)) { twin in
                var prober = Prober(twin: twin, logger: Office.logger)
                try await body(&prober)
            }
        }

        private func witness(_ effect: Effect, _ prober: Prober) throws -> Witness {
            let found = Witness.find(
                effect, in: prober.twin.configuration, prober.twin.catalogue, text: "plain", limit: 1)
            return try #require(found.first)
        }

        @Test func `everything that can be tried holds`() async throws {
            try await Office.open { office in
                let examination = try await probe(
                    office.configuration, Catalogue(office.configuration.tools), logger: Office.logger)
                for control in [
                    Control.reach, .forgedTokens, .tokenLife, .strictParsing, .singleUse, .separation, .canary,
                    .removal, .killSwitch,
                ] {
                    #expect(result(control, examination) == 1, "\(control)")
                }
                #expect(examination.caps.isEmpty)
                #expect(result(.requestShape, examination) == nil, "no call that runs has a text among its arguments")
                let names = try await office.house.users.list().map(\.name)
                let acts = try await office.acts()
                #expect(names.isEmpty && acts.isEmpty, "the house itself is not touched")
            }
        }

        @Test func `nothing of a twin is left`() async throws {
            try await Office.open { office in
                @Sendable func twins() throws -> [String] {
                    try FileManager.default.contentsOfDirectory(
                        atPath: FileManager.default.temporaryDirectory.path
                    ).filter { $0.hasPrefix("sallyport-twin-") }
                }
                let before = try twins()
                struct Stop: Error {}
                await #expect(throws: Stop.self) { try await open(office) { _ in throw Stop() } }
                try await open(office) { prober in
                    let during = try twins()
                    #expect(during.count == before.count + 1)
                    #expect(prober.twin.canary.count > 20)
                }
                let after = try twins()
                #expect(after == before)
            }
        }

        @Test func `a secret that an agent was shown is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let reads = Witness.find(
                        .allow, in: prober.twin.configuration, prober.twin.catalogue, text: "plain", limit: 1)
                    try await prober.tryCanary(reads)
                    #expect(result(.canary, prober.examination) == 1)
                    let canary = prober.twin.canary
                    prober.twin.seen.withLock { $0 += Array("x\(Data(canary.utf8).base64EncodedString())".utf8) }
                    try await prober.tryCanary(reads)
                    #expect(result(.canary, prober.examination) == 0)
                    #expect(prober.examination.caps == [.secretSeen])
                    #expect(
                        measureScore(prober.examination.observations, toolCount: 1, caps: prober.examination.caps)?
                            .total ?? 99 <= 20)
                }
            }
        }

        @Test func `an answer without a token is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let token = try await prober.twin.token(for: .init(user: "x", agent: "y", tenant: nil, roles: []))
                    try await prober.tryWithoutToken(nil, also: ["Authorization: Bearer \(token)"])
                    #expect(result(.reach, prober.examination) == 0)
                    #expect(prober.examination.caps == [.unauthenticated])
                }
            }
        }

        @Test func `a well-formed request among the malformed is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    try await prober.tryMalformed { (token: String, host: String) -> [MalformedRequest] in
                        var cases = MalformedRequest.all(token: token, host: host)
                        cases[0] = MalformedRequest.wellFormed(token: token, host: host)
                        return cases
                    }
                    let share = try #require(self.result(.strictParsing, prober.examination))
                    #expect(share < 1 && share > 0.9)
                }
            }
        }

        @Test func `each malformed request differs from the well-formed one, and is named once`() {
            let cases = MalformedRequest.all(token: "t", host: "h")
            let plain = MalformedRequest.wellFormed(token: "t", host: "h").bytes
            #expect(cases.allSatisfy { $0.bytes != plain })
            #expect(Set(cases.map(\.name)).count == cases.count && Set(cases.map(\.bytes)).count == cases.count)
        }

        @Test func `a request whose shape a value changed is told from one that it did not`() {
            func request(_ target: String, _ headers: [String] = ["host"], _ method: String = "GET")
                -> TrapSource.Request
            {
                TrapSource.Request(method: method, target: target, headers: headers.map { ($0, "v") }, body: [])
            }
            let plain = request("/v1/orders/plain?q=plain")
            for (value, target) in [
                ("a/b", "/v1/orders/a%2Fb?q=plain"), ("..x", "/v1/orders/..x?q=plain"),
                ("a&b", "/v1/orders/plain?q=a%26b"),
            ] {
                #expect(request(target).hasShape(of: plain, value: value), "\(target)")
            }
            for (value, target) in [
                ("x", "/v1/orders/plain?q=other"), ("a/b", "/v1/orders/a/b?q=plain"), ("..", "/v1/orders/..?q=plain"),
                ("..", "/v1/orders/%2e%2e?q=plain"),
                ("a?b", "/v1/orders/a?b?q=plain"), ("a&b=c", "/v1/orders/plain?q=a&b=c"), ("x", "/v2/orders/x?q=plain"),
                ("x", "/v1/orders/y?q=plain"),
            ] {
                #expect(!request(target).hasShape(of: plain, value: value), "\(target)")
            }
            var (first, second, third) = (plain, plain, plain)
            first.headers = [("idempotency-key", "01m8n9e6dscpsck3ta19hq6qda")]
            second.headers = [("idempotency-key", "01m8n9e6dh6ts4hbha8bnyjakh")]
            third.headers = [("idempotency-key", "x")]
            #expect(first.hasShape(of: second, value: "x") && !third.hasShape(of: second, value: "x"))
            #expect(!request(plain.target, ["host", "x-admin"]).hasShape(of: plain, value: "x"))
            #expect(!request(plain.target, ["host"], "DELETE").hasShape(of: plain, value: "x"))
        }

        @Test func `a value that becomes a second request is seen, wherever it stands`() async throws {
            try await Office.open(document: Self.texts, tools: Self.textTools) { office in
                try await open(office) { prober in
                    let reads = Witness.find(
                        .allow, in: prober.twin.configuration, prober.twin.catalogue, text: Twin.text, limit: 5)
                    #expect(Set(reads.map(\.tool.name)) == ["get_file", "search", "find"])
                    try await prober.tryShapes(reads)
                    #expect(
                        result(.requestShape, prober.examination) == 1,
                        "\(prober.examination.observations.last?.evidence ?? "")")
                    prober.twin.trap.doubles()
                    try await prober.tryShapes(reads)
                    #expect(result(.requestShape, prober.examination) == 0)
                }
            }
        }

        @Test func `what still works after it was taken away is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let read = try witness(.allow, prober)
                    try await prober.tryRemoval(read)
                    #expect(result(.removal, prober.examination) == 1)
                    // A user who is known, and whose credential comes back whenever it is asked for.
                    let (house, user, tenant) = (prober.twin.house, read.somebody.user, read.somebody.tenant)
                    try await house.users.setDisabled(user, false)
                    prober.twin.onAttempt = {
                        _ = try? await house.vault.put(
                            "shop", for: .user(user, tenant: tenant), Array("another".utf8))
                    }
                    try await prober.tryRemoval(read)
                    #expect(result(.removal, prober.examination) == 0)
                }
            }
        }

        @Test func `somebody who may approve what they must not is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let ask = try witness(.ask, prober)
                    try await prober.trySeparation(ask)
                    #expect(result(.separation, prober.examination) == 1)
                    // The call is asked for in another name than the one that then decides.
                    var other = ask
                    other.somebody.user = "somebody-else"
                    try await prober.trySeparation(other, deciding: "the-decider")
                    #expect(result(.separation, prober.examination) == 0)
                }
            }
        }

        @Test func `an order to stop that is not kept is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let read = try witness(.allow, prober)
                    let admissions = prober.twin.house.gate.admissions
                    prober.twin.onAttempt = { for stop in admissions.stops.all { _ = admissions.resume(stop.scope) } }
                    try await prober.tryStop(read)
                    #expect(result(.killSwitch, prober.examination) == 0)
                }
            }
        }

        @Test func `what cannot be made up stays unknown and takes nothing else along`() async throws {
            let odd = Office.configuration.replacingOccurrences(
                of: "buckets: [read] }",
                with:
                    "buckets: [read], roles: [\"Support Agents\"] }\n    - { id: odd, effect: deny, users: [\".svc\"] }"
            )
            try await Office.open(configuration: odd) { office in
                let examination = try await probe(
                    office.configuration, Catalogue(office.configuration.tools), logger: Office.logger)
                #expect(result(.reach, examination) == 1)
                #expect(result(.forgedTokens, examination) == 1)
                #expect(result(.singleUse, examination) == 1)
                #expect(result(.canary, examination) == nil, "nobody with a name that can be made up may read")
            }
        }

        private static let textTools = """
                  get_file: { bucket: read, scope: user-credential }
                  search: { bucket: read, scope: user-credential }
                  find: { bucket: read, scope: user-credential }

            """

        private static let texts = """
            openapi: 3.1.0
            info: { title: Shop, version: "1" }
            paths:
              "/files/{id}.json":
                get:
                  operationId: getFile
                  parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                  responses: { "200": { description: A file. } }
              /search:
                get:
                  operationId: search
                  parameters:
                    - { name: q, in: query, required: true, schema: { type: string } }
                    - { name: X-Word, in: header, required: true, schema: { type: string } }
                  responses: { "200": { description: Found. } }
              /find:
                post:
                  operationId: find
                  summary: Find orders
                  description: Returns the orders that match.
                  requestBody:
                    required: true
                    content:
                      application/json:
                        schema: { type: object, required: [word], properties: { word: { type: string } } }
                  responses: { "200": { description: Found. } }

            """

        @Test func `an approval that covers more than one request is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let ask = try witness(.ask, prober)
                    // The source gets one request more than the gateway sent.
                    prober.twin.trap.doubles()
                    try await prober.tryApproval(ask)
                    #expect(result(.singleUse, prober.examination) == 0)
                }
            }
        }
    }
}

@Suite struct SampleValueTests {
    @Test(arguments: [
        (
            #"{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"integer"}}}"#,
            #"{"a":"t"}"#
        ),
        (#"{"type":"object","required":["a"],"properties":{"a":{"enum":["x","y"]}}}"#, #"{"a":"x"}"#),
        (#"{"type":"integer","minimum":7}"#, "7"), (#"{"type":["null","number"],"exclusiveMinimum":1}"#, "2"),
        (#"{"type":"string","minLength":3}"#, #""txx""#), (#"{"type":"string","maxLength":0}"#, #""""#),
        (##"{"$ref":"#/$defs/x","$defs":{"x":{"const":5}}}"##, "5"),
        (
            #"{"allOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"boolean"}}},{"type":"object","required":["b"],"properties":{"b":{"type":"null"}}}]}"#,
            #"{"a":true,"b":null}"#
        ),
        (#"{"oneOf":[false,{"type":"array","minItems":2,"items":{"type":"integer"}}]}"#, "[1,1]"),
        (#"{"type":"string","format":"date"}"#, #""2026-01-31""#), ("{}", #""t""#), ("true", #""t""#),
    ])
    func `a value is made that the schema accepts`(_ schema: String, _ value: String) throws {
        #expect(sampleValue(of: try JSONParser.parse(schema), text: "t")?.text == value)
    }

    @Test(arguments: ["false", ##"{"$ref":"#/nowhere"}"##, ##"{"$ref":"#"}"##, #"{"type":"array","minItems":99}"#])
    func `where nothing can be guessed, nothing is`(_ schema: String) throws {
        #expect(sampleValue(of: try JSONParser.parse(schema), text: "t") == nil)
    }
}
