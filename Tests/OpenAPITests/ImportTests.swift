import Documents
import JSON
import Testing

@testable import OpenAPI

struct ImportTests {
    @Test func `a whole document`() throws {
        let result = try imported(
            """
            openapi: 3.1.0
            info: {title: "Sh\u{200B}op", version: 2}
            servers: [{url: "https://{region}.shop.test/{v}", variables: {region: {default: eu}, v: {default: v1}}}]
            security: [{oauth: [orders]}, {}]
            paths:
              /orders/{id}:
                get:
                  operationId: getOrder
                  tags: [orders]
                  deprecated: true
                  summary: Get an order
                  description: |
                    One order.
                    With lines.
                  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
                  responses:
                    '200': {content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
                delete:
                  security: []
                  servers: [{url: "https://other.test"}]
            components:
              securitySchemes:
                oauth:
                  type: oauth2
                  flows: {clientCredentials: {tokenUrl: "https://t.test", scopes: {orders: Orders}}}
            """)
        #expect(result.title == "Shop")
        #expect(result.version == "2")
        #expect(result.servers == ["https://eu.shop.test/v1"])
        #expect(result.operationCount == 2)
        let get = try #require(result.operation("get_order"))
        #expect(get.aliases == ["getOrder"])
        #expect(get.method == "GET")
        #expect(get.tags == ["orders"])
        #expect(get.isDeprecated)
        #expect(get.summary == "Get an order")
        #expect(get.description == "One order.\nWith lines.")
        #expect(
            get.security == [
                SecurityRequirement(parts: [.init(scheme: "oauth", scopes: ["orders"])]),
                SecurityRequirement(parts: []),
            ])
        #expect(get.outputSchema == ["type": "object", "properties": ["id": ["type": "string"]]])
        #expect(get.responseMediaTypes == ["application/json"])
        #expect(get.position?.line == 7)
        let delete = try #require(result.operation("delete_orders_id"))
        #expect(delete.security == [])
        #expect(delete.servers == ["https://other.test"])
        #expect(delete.arguments == ["id"])
        #expect(result.codes == ["path-parameter"])
    }

    @Test(arguments: [
        ("[]", "not-an-object"), ("a: 1", "version-missing"), ("openapi: 4.0.0", "version-unsupported"),
        ("swagger: '1.2'", "version-unsupported"), ("openapi: 3.0.0", "paths-missing"),
        ("{openapi: 3.0.0, paths: 3}", "paths"), ("openapi: {}", "version-unsupported"),
    ])
    func `an unusable document is an error and no operations`(_ text: String, _ code: String) throws {
        let result = try imported(text)
        #expect(result.operations.isEmpty)
        #expect(result.codes == [code])
        #expect(result.diagnostics[0].severity == .error)
        #expect(result.diagnostics[0].position != nil)
    }

    @Test func `3_2 is read as 3_1 with a warning`() throws {
        let result = try operation("summary: s", version: "3.2.0")
        #expect(result.operations.count == 1)
        #expect(result.codes == ["version-newer"])
    }

    @Test func `a broken operation is skipped alone`() throws {
        let result = try imported(
            """
            openapi: 3.0.0
            paths:
              /a: {get: {operationId: a}, post: 3, trace: {}}
              /b: {get: {parameters: [{in: query}]}}
              /c: {get: {parameters: [{$ref: '#/components/parameters/none'}]}}
              d: {get: {}}
              //evil/x: {get: {}}
              /e/../f: {get: {}}
              /g: 3
              /h: {get: {parameters: [{name: "a b", in: header}]}}
              /i: {get: {parameters: [{name: a, in: query}, {name: a, in: query, required: true}]}}
            """)
        #expect(result.operations.map(\.name) == ["a"])
        #expect(result.operationCount == 10)
        #expect(result.diagnostics.filter { $0.severity == .error }.count == 10)
        #expect(result.diagnostics.allSatisfy { $0.position != nil })
    }

    @Test func `names and schemas do not depend on the order of paths`() throws {
        let paths = [
            "/a: {get: {operationId: same}}", "/b: {get: {operationId: same}}", "/c: {get: {operationId: Same}}",
            "/d/{x}: {post: {}}", "/d/{y}: {post: {}}",
        ]
        func names(_ order: [String]) throws -> [String: String] {
            let result = try imported("openapi: 3.0.0\npaths:\n  " + order.joined(separator: "\n  "))
            return Dictionary(uniqueKeysWithValues: result.operations.map { ($0.method + $0.path, $0.name) })
        }
        let first = try names(paths)
        #expect(Set(first.values).count == 5)
        #expect(try names(paths.reversed()) == first)
    }

    @Test func `a skipped neighbour does not change a name`() throws {
        func name(_ other: String) throws -> String? {
            try imported("openapi: 3.0.0\npaths: {/a: {get: {operationId: x}}, /b: {get: {operationId: x\(other)}}}")
                .operations.first { $0.path == "/a" }?.name
        }
        #expect(try name("") == name(", parameters: 3"))
    }

    @Test func `an ambiguous name skips what uses it and nothing else`() throws {
        let result = try imported(
            """
            openapi: 3.0.0
            paths:
              /uses: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}
              /not: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}}}
            components:
              schemas:
                A: {type: object, properties: {amount: {type: integer}, amount: {type: string}}}
                B: {type: object, description: a, description: b, properties: {c: {type: integer}}}
                C: {type: string, type: string}
            """)
        #expect(result.operations.map(\.path) == ["/not"])
        #expect(result.codes.filter { $0 == "repeated-key" }.count == 4)
        #expect(result.diagnostics.filter { $0.severity == .error }.count == 1)
        #expect(result.diagnostics.allSatisfy { $0.position != nil })
    }

    @Test func `files beside the document are read and nothing else`() throws {
        var asked: [String] = []
        let root = try SourceDocument.parse(
            Array(
                """
                openapi: 3.0.0
                paths:
                  /a: {$ref: 'paths/a.yaml'}
                  /b: {get: {parameters: [{$ref: '../../etc/passwd'}]}}
                  /c: {get: {parameters: [{$ref: 'http://127.0.0.1/x'}]}}
                  /d: {get: {parameters: [{$ref: 'file:///etc/passwd'}]}}
                  /e: {get: {parameters: [{$ref: 'missing.yaml'}]}}
                  /f: {get: {parameters: [{$ref: 'broken.yaml'}]}}
                components: {schemas: {S: {type: string}}}
                """.utf8), file: "specs/root.yaml")
        let files = [
            "paths/a.yaml": "get:\n  operationId: a\n  parameters:\n  - {$ref: '../p.yaml#/limit'}\n",
            "p.yaml": "limit: {name: limit, in: query, schema: {$ref: 'root.yaml#/components/schemas/S'}}",
            "broken.yaml": "a: [",
        ]
        let result = OpenAPIImporter.importDocument(root) { path throws(Diagnostic) in
            asked.append(path)
            guard let text = files[path] else { return nil }
            return try SourceDocument.parse(Array(text.utf8), file: path)
        }
        #expect(asked == ["paths/a.yaml", "p.yaml", "missing.yaml", "broken.yaml"])
        let draft = try #require(result.operation("a"))
        #expect(draft.property("limit") == ["$ref": "#/$defs/S"])
        #expect(result.operations.count == 1)
        let codes = result.diagnostics.filter { $0.severity == .error && $0.file == "specs/root.yaml" }.map(\.code)
        #expect(
            codes == [
                "reference-outside", "reference-network", "reference-network", "reference-file", "reference-file",
            ])
        #expect(result.diagnostics.contains { $0.file == "broken.yaml" })
    }

    @Test func `references through references, escapes and anchors`() throws {
        let result = try imported(
            """
            openapi: 3.1.0
            paths:
              /a/{x}: {get: {parameters: [{name: x, in: path, required: true, schema: {type: integer}}]}}
              /b:
                get:
                  parameters:
                  - {name: p, in: query, schema: {$ref: '#/paths/~1a~1%7Bx%7D/get/parameters/0/schema'}}
                  - {name: q, in: query, schema: {$ref: '#/components/schemas/Alias/properties/n'}}
                  - {name: r, in: query, schema: {$ref: '#here'}}
            components:
              schemas:
                Alias: {$ref: '#/components/schemas/Real'}
                Real: {type: object, properties: {n: {type: boolean}}}
                Anchored: {$anchor: here, type: 'null'}
            """)
        let draft = try #require(result.operations.first { $0.path == "/b" }, "\(result.diagnostics)")
        let definitions = try #require(draft.inputSchema["$defs"]?.object)
        #expect(Set(definitions.compactMap { $0.value["type"]?.string }) == ["integer", "boolean", "null"])
    }

    @Test func `what cannot be read of a result is undeclared and no more`() throws {
        let result = try operation(
            "responses: {'200': {content: {application/json: {schema: {$ref: '#/nowhere'}}}}}")
        #expect(result.operations.first?.outputSchema == nil)
        #expect(result.diagnostics.map(\.severity) == [.warning])
    }

    @Test func `several ways to succeed are one of several schemas`() throws {
        let result = try operation(
            """
            responses:
              '201': {content: {application/json: {schema: {type: string}}}}
              '200': {content: {application/json: {schema: {type: integer}}}}
              '202': {content: {application/json: {schema: {type: integer}}}}
              default: {content: {application/json: {schema: {type: object}}}}
            """)
        #expect(result.operations.first?.outputSchema == ["anyOf": [["type": "integer"], ["type": "string"]]])
    }

    @Test func `limits hold`() throws {
        var options = ImportOptions()
        options.limits.operations = 2
        options.limits.inputNodes = 40
        options.limits.files = 1
        let values = (0..<60).map(String.init).joined(separator: ",")
        let result = try imported(
            """
            openapi: 3.0.0
            paths:
              /a: {get: {parameters: [{name: p, in: query, schema: {enum: [\(values)]}}]}}
              /b: {get: {parameters: [{$ref: a.yaml}]}, post: {}}
            """, files: ["a.yaml": "{name: p, in: query, schema: {}}"], options: options)
        #expect(result.operationCount == 2)
        #expect(result.operations.map(\.path) == ["/b"])
        #expect(Set(result.codes) == ["schema-size", "too-many-operations"])
    }

    @Test(arguments: ["allOf", "anyOf", "oneOf"])
    func `branches that multiply end`(_ keyword: String) throws {
        let levels = (0..<30).map { level in
            let reference = "{$ref: '#/components/schemas/L\(level + 1)'}"
            let branches = [String](repeating: reference, count: 10).joined(separator: ", ")
            return "L\(level): {\(keyword): [\(branches)], required: [a]}"
        }
        let result = try operation(
            "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/L0'}}}}", method: "post",
            rest: "components:\n  schemas:\n    " + levels.joined(separator: "\n    ")
                + "\n    L30: {properties: {a: {type: string, readOnly: true}, b: {$ref: '#/components/schemas/L0'}}}")
        #expect(result.operations.count == 1)
    }

    @Test func `maps of properties that include themselves end`() throws {
        let result = try operation(
            "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}", method: "post",
            rest: """
                components:
                  schemas:
                    A: {type: object, properties: {$ref: '#/components/schemas/M'}}
                    M:
                      x: {properties: {$ref: '#/components/schemas/M'}}
                      y: {properties: {$ref: '#/components/schemas/M'}}
                """)
        #expect(result.operations.isEmpty)
        #expect(result.codes == ["reference-unresolved"])
    }

    @Test func `deep schemas and long chains end`() throws {
        let deep = String(repeating: "{type: array, items: ", count: 60) + "{}" + String(repeating: "}", count: 60)
        let chain = (0..<3_000).map { "S\($0): {allOf: [{$ref: '#/components/schemas/S\($0 + 1)'}]}" }
        let result = try operation(
            """
            parameters:
            - {name: p, in: query, schema: \(deep)}
            - {name: q, in: query, schema: {$ref: '#/components/schemas/S0'}}
            """,
            rest: "components:\n  schemas:\n    " + chain.joined(separator: "\n    ") + "\n    S3000: {type: string}")
        #expect(result.operationCount == 1)
        #expect(result.operations.count + result.diagnostics.filter { $0.severity == .error }.count == 1)
    }
}
