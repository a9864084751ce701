import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Testing
import acme

/// A seeded product of its own, as a test talks to it.
struct Product: Sendable {
    let client: any TestClientProtocol
    let database: DatabaseQueue

    static let keys = Dictionary(uniqueKeysWithValues: Seed.people.map { ($0.name, $0.apiKey) })

    static func run<Value: Sendable>(
        _ setup: TestingSetup = .router,
        _ body: @Sendable (Product) async throws -> Value,
    ) async throws -> Value {
        let database = try openDatabase(at: nil)
        _ = try await database.write { db in try Seed.insert(into: db) }
        return try await makeApplication(database: database, port: 0).test(setup) { client in
            try await body(Product(client: client, database: database))
        }
    }

    func get(_ path: String, as person: String? = "ana") async throws -> Answer {
        try await send(.get, path, as: person)
    }

    func post(_ path: String, _ body: String, as person: String? = "ana", headers: [String: String] = [:]) async throws
        -> Answer
    {
        try await send(.post, path, body, as: person, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        as person: String? = "ana",
        headers: [String: String] = [:],
    ) async throws -> Answer {
        var fields = HTTPFields()
        var named = headers
        if let person { named["X-Api-Key"] = Self.keys[person] }
        for (name, value) in named { fields[try #require(HTTPField.Name(name))] = value }
        let response = try await client.executeRequest(
            uri: path, method: method, headers: fields, body: body.map(ByteBuffer.init(string:)))
        return Answer(response)
    }
}

struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    /// The body; null when it is empty or no JSON.
    let json: JSONValue

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        json = (try? JSONParser.parse(Array(response.body.readableBytesView))) ?? .null
    }

    var items: [JSONValue] { json["items"]?.array ?? [] }

    /// One member of every item of a page.
    func column(_ name: String) -> [String] { items.compactMap { $0[name]?.string } }

    /// The text of a number, so that nothing is rounded.
    func number(_ name: String) -> String? { json[name]?.number?.text }

    func string(_ name: String) -> String? { json[name]?.string }

    var fieldErrors: [String] { (json["errors"]?.array ?? []).compactMap { $0["field"]?.string } }

    /// Whether this is a well-formed problem document of its status.
    func isProblem(_ code: Int) -> Bool {
        status == code
            && headers[.contentType] == "application/problem+json"
            && json["status"]?.int == code
            && string("title")?.isEmpty == false
            && string("detail")?.isEmpty == false
    }
}
