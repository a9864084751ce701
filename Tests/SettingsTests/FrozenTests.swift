import Backends
import Core
import JSON
import JSONSchema
import OpenAPI
import Policy
import Risk
import Testing

@testable import Settings

@Suite struct FrozenTests {
    private func frozen(
        _ configuration: String = Folder.configuration, document: String = Folder.document
    ) throws -> Configuration {
        let folder = try Folder(configuration, document: document)
        return try #require(folder.load().configuration, "\(folder.errors)")
    }

    private func tool(_ name: String, in configuration: Configuration) throws -> Tool {
        try #require(configuration.tools.first { $0.name == name })
    }

    @Test func `what the file says is what is frozen`() throws {
        let configuration = try frozen()
        #expect(configuration.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(configuration.resource == "http://127.0.0.1:8080/mcp")
        #expect(configuration.dataDirectory.hasSuffix("/sallyport-data"))
        #expect(configuration.people == ["ben": Person(roles: ["manager"], subjects: [])])
        #expect(configuration.issuers.map(\.keys) == [.local])
        #expect(configuration.issuers.map(\.audience) == [configuration.resource])
        #expect(configuration.policy.rules.map(\.id) == ["reads", "writes"])
        #expect(configuration.policy.rules.last?.approval == ApprovalDemand(roles: ["manager"]))
        let source = try #require(configuration.sources.first)
        #expect(source.credential == HTTPBackend.Credential(secret: "shop", placement: .bearer, isPerUser: true))
        #expect(source.timeLimit == 30)
    }

    @Test func `an address in brackets loses them`() throws {
        let configuration = try frozen(Folder.configuration.with("listen: 127.0.0.1:8080", "listen: \"[::1]:80\""))
        #expect(configuration.listen == ListenAddress(host: "::1", port: 80))
    }

    @Test func `a bound argument is in neither schema`() throws {
        let tool = try tool("list_orders", in: frozen())
        #expect(tool.scope.bindings == ["tenant_id": .tenant])
        #expect(tool.inputSchema["properties"]?.object?.map(\.key) == ["limit"])
        #expect(tool.inputSchema["required"]?.array?.contains("tenant_id") != true)
        #expect(!tool.inputSchema.text.contains("tenant"))
        let schema = try tool.arguments.compile()
        #expect(schema.isValid(["limit": 3]))
        #expect(!schema.isValid(["limit": 3, "tenant_id": "north"]))
    }

    @Test func `what is not listed is never a tool`() throws {
        let configuration = try frozen()
        #expect(try tool("export_all", in: configuration).bucket == .never)
        let catalogue = Catalogue(configuration.tools)
        #expect(catalogue.tools.map(\.name) == ["create_order", "list_orders"])
        #expect(catalogue.never == 2)
        let bare = try frozen(
            Folder.configuration.with("list_orders: {", "# list_orders: {").with("create_order: {", "# create_order: {")
                .with("delete_order: {", "# delete_order: {").with("    tools:\n", "    tools: {}\n"))
        #expect(Catalogue(bare.tools).tools.isEmpty)
    }

    @Test func `the idempotency header is the gateway's and no argument`() throws {
        let listed = "create_order: { bucket: write"
        let shown = try tool("create_order", in: frozen())
        #expect(shown.inputSchema["properties"]?.object?.contains("Idempotency-Key") == true)
        let configuration = try frozen(
            Folder.configuration.with(listed, listed + ", idempotency-header: idempotency-key"))
        let tool = try tool("create_order", in: configuration)
        #expect(tool.inputSchema["properties"]?.object?.map(\.key) == ["amount", "door_code", "note"])
        #expect(tool.inputSchema["required"] == ["amount"])
        let operation = try #require(configuration.sources.first?.operations["create_order"])
        #expect(operation.idempotencyHeader == "idempotency-key")
        // The document demands the header; what the gateway puts in cannot be missed among the arguments.
        let draft = try operation.request.request(["amount": 5])
        #expect(draft.headers.allSatisfy { $0.name.lowercased() != "idempotency-key" })
        #expect(throws: RequestRefusal.self) { try operation.request.request(["amount": 5, "Idempotency-Key": "x"]) }
    }

    @Test(arguments: [("{ header: idempotency-key }", "create_order"), ("{ query: limit }", "list_orders")])
    func `where the credential goes is no argument`(_ placement: String, _ name: String) throws {
        let configuration = try frozen(Folder.configuration.with("as: bearer", "as: \(placement)"))
        let tool = try tool(name, in: configuration)
        let names = tool.inputSchema["properties"]?.object?.map { $0.key.lowercased() } ?? []
        #expect(!names.contains("idempotency-key") && !names.contains("limit"))
        let operation = try #require(configuration.sources.first?.operations[name])
        #expect(throws: RequestRefusal.self) {
            try operation.request.request(["tenant_id": "n", "amount": 5, "limit": 1, "Idempotency-Key": "x"])
        }
    }

    @Test func `secret arguments are those of the schema and of the file`() throws {
        let listed = "create_order: { bucket: write"
        #expect(try tool("create_order", in: frozen()).redaction.secrets == ["door_code"])
        let named = try frozen(Folder.configuration.with(listed, listed + ", secret-arguments: [note]"))
        #expect(try tool("create_order", in: named).redaction.secrets == ["door_code", "note"])
    }

    @Test func `an owner counts for the source unless the tool has its own`() throws {
        let configuration = try frozen(
            Folder.configuration.with("    tools:\n", "    owner: shop-team\n    tools:\n")
                .with("create_order: { bucket: write", "create_order: { owner: billing, bucket: write"))
        #expect(try tool("list_orders", in: configuration).owner == "shop-team")
        #expect(try tool("create_order", in: configuration).owner == "billing")
    }

    @Test func `undeclared answers are shown only with a reason`() throws {
        let listed = "create_order: { bucket: write"
        #expect(try tool("create_order", in: frozen()).answer == nil)
        let all = try frozen(Folder.configuration.with(listed, listed + ", answer: all, reason: it is ours"))
        #expect(try tool("create_order", in: all).answer?.schema == .bool(true))
    }

    @Test func `only reads by GET are sent again`() throws {
        let operations = try #require(try frozen().sources.first?.operations)
        #expect(operations["list_orders"]?.isIdempotent == true)
        #expect(operations["create_order"]?.isIdempotent == false)
        #expect(operations["delete_order"]?.isIdempotent == false)
    }

    // MARK: Digests

    @Test func `a definition changes with its operation and with nothing else`() throws {
        func digests(_ document: String, _ configuration: String = Folder.configuration) throws -> [String: Digest] {
            let tools = try frozen(configuration, document: document).tools
            return Dictionary(uniqueKeysWithValues: tools.map { ($0.name, $0.definition) })
        }
        let before = try digests(Folder.document)
        #expect(try digests(Folder.document) == before)
        let changes = [
            ("summary: List orders", "summary: List all orders"),
            ("{ name: limit, in: query, schema: { type: integer } }", "{ name: limit, in: query, schema: {} }"),
            ("items: { type: string }", "items: { type: number }"),
        ]
        for (old, new) in changes {
            let after = try digests(Folder.document.with(old, new))
            #expect(after["list_orders"] != before["list_orders"], "\(new)")
            #expect(after.filter { $0.key != "list_orders" } == before.filter { $0.key != "list_orders" }, "\(new)")
        }
        let comment = "# Nothing is said here.\n" + Folder.document.with("Gone.", "Gone for good.")
        #expect(try digests(comment) == before)
        // Who may call is not what is called.
        let rebound = Folder.configuration.with(
            "create_order: { bucket: write", "create_order: { owner: x, bucket: write")
        #expect(try digests(Folder.document, rebound) == before)
        let unbound = Folder.configuration.with("{ bound: { tenant_id: tenant } }", "{ service-wide: why not }")
        #expect(try digests(Folder.document, unbound)["list_orders"] != before["list_orders"])
    }

    @Test func `the version is that of the file and of every document it reads`() throws {
        let split = Folder.document.with(
            "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]",
            "parameters: [{ $ref: \"parts.yaml#/id\" }]")
        let folder = try Folder(document: split)
        try folder.write("parts.yaml", "id: { name: id, in: path, required: true, schema: { type: string } }\n")
        func version() throws -> String { try #require(folder.load().configuration, "\(folder.errors)").version }
        let first = try version()
        #expect(try version() == first)
        try folder.write("parts.yaml", "id: { name: id, in: path, required: true, schema: { type: integer } }\n")
        let second = try version()
        #expect(second != first)
        try folder.write("shop.yaml", split + "# more\n")
        let third = try version()
        #expect(third != second)
        try folder.write("sallyport.yaml", Folder.configuration + "# more\n")
        #expect(try version() != third)
    }
}
