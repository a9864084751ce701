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

@testable import Commands

extension OfficeTests {
    /// What is tried on a twin, and that what is tried can fail.
    @Suite struct TwinTests {
        private func result(_ control: Control, _ examination: Examination) -> Double? {
            examination.observations.last { $0.control == control }?.result
        }

        private func open(_ office: Office, _ body: (inout Prober) async throws -> Void) async throws {
            try await Twin.open(office.configuration, Catalogue(office.configuration.tools)) { twin in
                var prober = Prober(twin: twin)
                try await body(&prober)
            }
        }

        @Test func `everything that can be tried holds`() async throws {
            try await Office.open { office in
                let examination = try await probe(office.configuration, Catalogue(office.configuration.tools))
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
                    try await prober.tryMalformed { (token: String) -> [MalformedRequest] in
                        var cases = MalformedRequest.all(token: token)
                        cases[0] = MalformedRequest.wellFormed(token: token)
                        return cases
                    }
                    let share = try #require(self.result(.strictParsing, prober.examination))
                    #expect(share < 1 && share > 0.9)
                }
            }
        }

        @Test func `each malformed request differs from the well-formed one, and is named once`() {
            let cases = MalformedRequest.all(token: "t")
            let plain = MalformedRequest.wellFormed(token: "t").bytes
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
                ("plain", "/v1/orders/plain?q=a%26b"),
            ] {
                #expect(request(target).hasShape(of: plain, value: value), "\(target)")
            }
            for (value, target) in [
                ("a/b", "/v1/orders/a/b?q=plain"), ("..", "/v1/orders/..?q=plain"), ("..", "/v1/orders/%2e%2e?q=plain"),
                ("a?b", "/v1/orders/a?b?q=plain"), ("a&b=c", "/v1/orders/plain?q=a&b=c"), ("x", "/v2/orders/x?q=plain"),
                ("x", "/v1/orders/y?q=plain"),
            ] {
                #expect(!request(target).hasShape(of: plain, value: value), "\(target)")
            }
            #expect(!request(plain.target, ["host", "x-admin"]).hasShape(of: plain, value: "x"))
            #expect(!request(plain.target, ["host"], "DELETE").hasShape(of: plain, value: "x"))
        }

        @Test func `an approval that covers more than one request is seen`() async throws {
            try await Office.open { office in
                try await open(office) { prober in
                    let ask = try #require(
                        Witness.find(
                            .ask, in: prober.twin.configuration, prober.twin.catalogue, text: "plain", limit: 1
                        ).first)
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
