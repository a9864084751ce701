import Foundation
import HTTPTypes
import Hummingbird
import JSON
import Testing
import Yams
import acme

/// `openapi.yaml` against the product.
struct DocumentTests {
    let document: Node

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appendingPathComponent("Examples/Acme/openapi.yaml")
        document = try #require(try Yams.compose(yaml: try String(contentsOf: file, encoding: .utf8)))
    }

    private var operations: [(name: String, node: Node)] {
        let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]
        var operations: [(name: String, node: Node)] = []
        for (path, item) in document["paths"]?.mapping ?? [:] {
            for (method, operation) in item.mapping ?? [:] where methods.contains(method.string ?? "") {
                operations.append(("\(method.string?.uppercased() ?? "") \(path.string ?? "")", operation))
            }
        }
        return operations
    }

    /// Follows local references.
    private func resolve(_ node: Node?) throws -> Node {
        var node = try #require(node)
        while let reference = node["$ref"]?.string {
            try #require(reference.hasPrefix("#/"))
            for part in reference.dropFirst(2).split(separator: "/") {
                node = try #require((part == "components" ? document : node)[String(part)], "\(reference)")
            }
        }
        return node
    }

    @Test func `what is documented is routed and what is routed is documented`() throws {
        let routes = makeRouter(database: try openDatabase(at: nil)).routes.map(\.description)
        #expect(operations.count == 21)
        #expect(Set(routes) == Set(operations.map(\.name)).union(["GET /_stats"]))
    }

    @Test func `operations have an identifier, a description and an answer without a key`() throws {
        let identifiers = operations.compactMap { $0.node["operationId"]?.string }
        #expect(Set(identifiers).count == operations.count)
        for (name, operation) in operations {
            let identifier = operation["operationId"]?.string ?? ""
            #expect(identifier.allSatisfy { $0.isASCII && $0.isLetter } && identifier.first?.isLowercase == true)
            #expect((operation["description"]?.string ?? "").count > 20, "\(name)")
            #expect(operation["responses"]?.quoted("401") != nil, "\(name)")
        }
    }

    @Test func `every reference leads somewhere and every path parameter is declared`() throws {
        func walk(_ node: Node) throws {
            if node["$ref"] != nil { _ = try resolve(node) }
            for (_, value) in node.mapping ?? [:] { try walk(value) }
            for value in node.sequence ?? [] { try walk(value) }
        }
        try walk(document)
        for (path, item) in document["paths"]?.mapping ?? [:] {
            for (_, operation) in item.mapping ?? [:] where operation["operationId"] != nil {
                let lists = [item["parameters"], operation["parameters"]].compactMap { $0?.sequence }
                let parameters = try lists.joined().map { try resolve($0) }.filter { $0["in"] == "path" }
                let names = Set(parameters.compactMap { $0["name"]?.string })
                let inPath = path.string?.split(separator: "/").filter { $0.hasPrefix("{") } ?? []
                #expect(names == Set(inPath.map { String($0.dropFirst().dropLast()) }))
                for parameter in parameters { #expect(parameter["required"]?.bool == true) }
            }
        }
    }

    /// One request per operation that succeeds, in an order in which it does.
    private static let happy: [(operation: String, path: String, body: String?)] = [
        ("GET /me", "/me", nil),
        ("GET /customers", "/customers?limit=3", nil),
        ("POST /customers", "/customers", CustomersTests.newCustomer),
        ("POST /customers/search", "/customers/search", #"{"query":"a","limit":1}"#),
        ("GET /customers/{customerId}", "/customers/cus_north_01", nil),
        ("PATCH /customers/{customerId}", "/customers/cus_north_01", #"{"phone":"1"}"#),
        ("POST /customers/bulk-delete", "/customers/bulk-delete", #"{"ids":["cus_north_10"]}"#),
        ("DELETE /customers/{customerId}", "/customers/cus_north_09", nil),
        ("GET /deals", "/deals?limit=2", nil),
        ("GET /deals/search", "/deals/search?limit=2", nil),
        ("GET /deals/{dealId}", "/deals/deal_north_01", nil),
        ("PATCH /deals/{dealId}", "/deals/deal_north_01", #"{"stage":"won"}"#),
        ("GET /invoices", "/invoices?status=paid&limit=2", nil),
        ("GET /invoices/{invoiceId}", "/invoices/inv_north_01", nil),
        ("GET /payments", "/payments?limit=2", nil),
        ("GET /payments/{paymentId}", "/payments/pay_north_01", nil),
        (
            "POST /payments/{paymentId}/refunds", "/payments/pay_north_01/refunds",
            #"{"amount":1,"currency":"EUR","reason":"r"}"#
        ),
        ("GET /payments/{paymentId}/refunds", "/payments/pay_north_01/refunds", nil),
        ("POST /messages", "/messages", #"{"to":"a@b.example","subject":"s","body":"b"}"#),
        ("GET /messages", "/messages?limit=2", nil),
        ("GET /export", "/export", nil),
    ]

    @Test func `answers have every required member and leak only the known internal ones`() async throws {
        #expect(Set(Self.happy.map(\.operation)) == Set(operations.map(\.name)))
        let byName = Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0.node) })
        let answers = try await Product.run { product async throws in
            var answers: [(String, Answer)] = []
            for (name, path, body) in Self.happy {
                let method = try #require(HTTPRequest.Method(rawValue: String(name.prefix { $0 != " " })))
                answers.append((name, try await product.send(method, path, body, as: "ben")))
            }
            return answers
        }
        var leaked: Set<String> = []
        for (name, answer) in answers {
            let response = try #require(byName[name]?["responses"]?.quoted(String(answer.status)), "\(name): \(answer)")
            if let content = response["content"] {
                try compare(answer.json, content["application/json"]?["schema"], at: name, &leaked)
            } else {
                #expect(answer.status == 204, "\(name)")
            }
        }
        #expect(
            leaked == [
                "seq", "password_hash", "internal_risk_score", "internal_margin_percent", "internal_ledger_account",
                "internal_spam_score", "processor_token",
            ])
    }

    private func compare(_ value: JSONValue, _ node: Node?, at place: String, _ leaked: inout Set<String>) throws {
        let schema = try resolve(node)
        if let allowed = schema["enum"]?.sequence {
            #expect(allowed.contains { $0.string == value.string }, "\(place)")
        }
        switch schema["type"]?.string {
        case "object":
            let object = try #require(value.object, "\(place)")
            for name in schema["required"]?.sequence ?? [] {
                #expect(object[name.string ?? ""] != nil, "\(place)/\(name.string ?? "")")
            }
            for member in object {
                if let declared = schema["properties"]?[member.key] {
                    try compare(member.value, declared, at: "\(place)/\(member.key)", &leaked)
                } else {
                    leaked.insert(member.key)
                }
            }
        case "array":
            for item in try #require(value.array, "\(place)") {
                try compare(item, schema["items"], at: "\(place)/*", &leaked)
            }
        case "string": #expect(value.string != nil, "\(place)")
        case "integer": #expect(value.int != nil, "\(place)")
        case "number": #expect(value.number != nil, "\(place)")
        default: Issue.record("\(place) has a schema without a type")
        }
    }
}

extension Node {
    /// The member with a key that was written in quotes; Yams' own subscript would look for a number.
    fileprivate func quoted(_ key: String) -> Node? {
        mapping?[Node(key, Tag(.str))]
    }
}
