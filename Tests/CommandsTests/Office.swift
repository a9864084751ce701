import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import JSONSchema
import Logging
import NIOPosix
import Policy
import Risk
import Settings
import Testing

@testable import Commands

/// Tests that open houses, one after the other: each hashes passwords, which would take the processor from whatever else
/// is being tested with a clock running.
@Suite(.serialized, .timeLimit(.minutes(5))) enum OfficeTests {}

/// A house of its own in a temporary folder, with the configuration it was opened with.
final class Office {
    let path: String
    let house: House
    let configuration: Configuration
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private init(_ path: String, _ configuration: Configuration) async throws {
        self.path = path
        self.configuration = configuration
        house = try await House.open(configuration, logger: Self.logger)
    }

    /// Opens one, runs the body and closes it.
    ///
    /// - Parameter more: lines for the top of the configuration.
    static func open(
        listening: Bool = false, more: String = "", configuration text: String = Office.configuration,
        document: String = Office.document, tools: String? = nil, _ body: (Office) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "office-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var text = text
        if let tools, let start = text.range(of: "      list_orders"), let end = text.range(of: "policy:") {
            text.replaceSubrange(start.lowerBound..<end.lowerBound, with: tools)
        }
        try write(
            more + (listening ? "listen: 127.0.0.1:0\n" : "") + text, to: path + "/sallyport.yaml")
        try write(document, to: path + "/shop.yaml")
        let loaded = load(path + "/sallyport.yaml")
        guard let configuration = loaded.configuration else { throw CommandError("\(loaded.diagnostics)") }
        let office = try await Office(path, configuration)
        do {
            try await body(office)
        } catch {
            try await office.house.close()
            throw error
        }
        try await office.house.close()
    }

    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    func replacePeople(with people: [String: Person]) {
        var configuration = house.inForce.value
        configuration.people = people
        house.inForce.replace(with: configuration)
    }

    var administration: Administration {
        Administration(house: house, snapshot: nil, reload: nil, resource: configuration.resource)
    }

    /// The result of a command; the error's message is thrown.
    @discardableResult
    func run(_ command: String, _ arguments: JSONObject = [:]) async throws -> JSONValue {
        let reply = await administration.answer(["command": .string(command), "arguments": .object(arguments)])
        if let result = reply["result"] { return result }
        throw CommandError(reply["error"]?["message"]?.string ?? "no reply", hint: reply["error"]?["code"]?.string)
    }

    /// Code and message of a command that is refused.
    func refusal(_ command: String, _ arguments: JSONObject = [:]) async -> (code: String, message: String)? {
        let reply = await administration.answer(["command": .string(command), "arguments": .object(arguments)])
        guard let error = reply["error"], let code = error["code"]?.string else { return nil }
        return (code, error["message"]?.string ?? "")
    }

    /// Every record, newest first, as text.
    func records() async throws -> [Entry] {
        try await house.gate.journal.search(EntryFilter(limit: 10_000))
    }

    /// The acts among the records, oldest first.
    func acts() async throws -> [String] {
        try await records().reversed().compactMap { $0.body.first?["act"]?.string }
    }

    /// A snapshot whose source answers without a network.
    var snapshot: Snapshot {
        Snapshot(
            version: "s1", policy: configuration.policy, catalogue: Catalogue(configuration.tools),
            backends: ["shop": StillBackend()], approvers: house.inForce.value.people.mapValues(\.roles))
    }

    func call(_ tool: String, _ arguments: JSONObject, as user: String = "ana") async -> Reply {
        await house.gate.serve(
            ToolRequest(name: tool, arguments: arguments),
            as: principal(user), in: snapshot)
    }

    func principal(_ user: String) -> Principal {
        Principal(
            user: user, agent: "agent", tenant: "north", roles: [], issuer: house.issuer.issuer,
            expires: systemTime().advanced(bySeconds: 3600))
    }

    /// Proposes an order that waits for a person.
    func propose(_ amount: Int = 5, as user: String = "ana") async throws -> Call {
        guard case .pending(let call) = await call("create_order", ["amount": JSONValue(amount)], as: user) else {
            throw CommandError("the call does not wait")
        }
        return call
    }

    static let password = "correct horse battery"

    static let configuration = """
        version: 1
        resource: http://127.0.0.1:8080/mcp
        data: data
        issuers: [{ local: true }]
        people:
          ben: { roles: [manager] }
          cleo: { roles: [clerk] }
          ana: { roles: [manager] }
        sources:
          shop:
            openapi: shop.yaml
            url: https://shop.example
            credential: { secret: shop, as: bearer, per: user }
            tools:
              list_orders: { bucket: read, scope: user-credential }
              create_order: { bucket: write, scope: user-credential }
        policy:
          rules:
            - { id: reads, effect: allow, buckets: [read] }
            - { id: writes, effect: ask, buckets: [write], approvers: [manager] }

        """

    static let document = """
        openapi: 3.1.0
        info: { title: Shop, version: "1" }
        paths:
          /orders:
            get: { operationId: listOrders, responses: { "200": { description: Orders. } } }
            post:
              operationId: createOrder
              requestBody:
                content:
                  application/json:
                    schema:
                      { type: object, properties: { amount: { type: number }, door_password: { type: string } } }
              responses: { "201": { description: Made. } }

        """
}

/// A source that says yes.
struct StillBackend: Backend {
    func prepare(_ arguments: BoundArguments) async throws(Core.Refusal) -> Departure {
        Departure { _ in .answered(status: 200, mediaType: "application/json", body: Array("{}".utf8)) }
    }
}
