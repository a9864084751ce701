import JSON
import Testing

@testable import OpenAPI

struct ParameterTests {
    /// The target for one argument `p` of an operation with one query or path parameter.
    private func target(
        _ parameter: String, _ value: JSONValue, version: String = "3.0.3", path: String = "/t"
    ) throws -> String {
        let result = try operation("parameters:\n- \(parameter)", version: version, path: path)
        let draft = try #require(result.operations.first, "\(result.diagnostics)")
        return try draft.request.request(["p": value]).target
    }

    private static let object = "type: object, properties: {R: {type: integer}, G: {type: integer}}"

    private static let queries: [(String, JSONValue, String)] = [
        ("{name: p, in: query, schema: {}}", "a b&c=d#e+f", "/t?p=a%20b%26c%3Dd%23e%2Bf"),
        ("{name: p, in: query, schema: {}}", "", "/t?p="),
        ("{name: p, in: query, schema: {}}", ["a", "b,c"], "/t?p=a&p=b%2Cc"),
        ("{name: p, in: query, explode: false, schema: {}}", ["a", "b,c"], "/t?p=a,b%2Cc"),
        ("{name: p, in: query, style: spaceDelimited, explode: false, schema: {}}", ["a", "b"], "/t?p=a%20b"),
        ("{name: p, in: query, style: pipeDelimited, explode: false, schema: {}}", ["a", "b"], "/t?p=a%7Cb"),
        ("{name: p, in: query, style: spaceDelimited, schema: {}}", ["a", "b"], "/t?p=a%20b"),
        ("{name: p, in: query, style: form, schema: {\(object)}}", ["R": 1, "G": 2], "/t?R=1&G=2"),
        ("{name: p, in: query, explode: false, schema: {\(object)}}", ["R": 1, "G": 2], "/t?p=R,1,G,2"),
        (
            "{name: p, in: query, style: deepObject, schema: {}}", ["a": ["b": 1], "c": ["x", "y"]],
            "/t?p%5Ba%5D%5Bb%5D=1&p%5Bc%5D%5B%5D=x&p%5Bc%5D%5B%5D=y"
        ),
        ("{name: p, in: query, allowReserved: true, schema: {}}", "a/b?c=d&e#f", "/t?p=a/b?c%3Dd%26e%23f"),
        ("{name: p, in: query, content: {application/json: {schema: {}}}}", ["a": 1], "/t?p=%7B%22a%22%3A1%7D"),
        ("{name: p, in: query, schema: {}}", true, "/t?p=true"),
        ("{name: p, in: query, schema: {}}", [], "/t"),
        ("{name: p, in: query, allowEmptyValue: true, schema: {}}", [], "/t?p="),
    ]

    @Test(arguments: queries)
    func `query styles`(_ parameter: String, _ value: JSONValue, _ expected: String) throws {
        #expect(try target(parameter, value) == expected)
    }

    private static let paths: [(String, Bool, JSONValue, String)] = [
        ("simple", false, "blue", "/t/blue"), ("simple", false, ["a", "b"], "/t/a,b"),
        ("simple", true, ["R": 1, "G": 2], "/t/R=1,G=2"), ("simple", false, ["R": 1, "G": 2], "/t/R,1,G,2"),
        ("label", false, "blue", "/t/.blue"), ("label", true, ["a", "b"], "/t/.a.b"),
        ("label", false, ["a", "b"], "/t/.a,b"), ("label", true, ["R": 1, "G": 2], "/t/.R=1.G=2"),
        ("matrix", false, "blue", "/t/;p=blue"), ("matrix", true, ["a", "b"], "/t/;p=a;p=b"),
        ("matrix", false, ["a", "b"], "/t/;p=a,b"), ("matrix", true, ["R": 1, "G": 2], "/t/;R=1;G=2"),
        ("matrix", false, ["R": 1, "G": 2], "/t/;p=R,1,G,2"),
    ]

    @Test(arguments: paths)
    func `path styles`(_ style: String, _ explode: Bool, _ value: JSONValue, _ expected: String) throws {
        let parameter =
            "{name: p, in: path, required: true, style: \(style), explode: \(explode), schema: {\(Self.object)}}"
        #expect(try target(parameter, value, path: "/t/{p}") == expected)
    }

    @Test(arguments: [
        ("csv", "/t?p=a,b"), ("ssv", "/t?p=a%20b"), ("tsv", "/t?p=a%09b"), ("pipes", "/t?p=a%7Cb"),
        ("multi", "/t?p=a&p=b"),
    ])
    func `collection formats`(_ format: String, _ expected: String) throws {
        let parameter = "{name: p, in: query, type: array, items: {type: string}, collectionFormat: \(format)}"
        #expect(try target(parameter, ["a", "b"], version: "2.0") == expected)
    }

    @Test func `an element cannot become two`() throws {
        for (style, hostile) in [("spaceDelimited", "a b"), ("pipeDelimited", "a|b")] {
            let parameter = "{name: p, in: query, style: \(style), explode: false, schema: {}}"
            #expect(throws: RequestRefusal.self) { try target(parameter, ["x", .string(hostile)]) }
        }
    }

    @Test func `a spread object brings only declared names`() throws {
        let yaml = """
            parameters:
            - {name: f, in: query, schema: {type: object, properties: {a: {}, q: {}}}}
            - {name: q, in: query, schema: {}}
            """
        let draft = try #require(try operation(yaml).operations.first)
        #expect(try draft.request.request(["f": ["a": 1]]).target == "/things?a=1")
        for name in ["q", "admin", "f"] {
            #expect(throws: RequestRefusal.self) {
                try draft.request.request(["f": .object(JSONObject(members: [.init(key: name, value: 1)]))])
            }
        }
    }

    @Test func `an object open to any name is left out, or the operation is`() throws {
        let open = "schema: {type: object, additionalProperties: true}"
        let optional = try operation("parameters: [{name: f, in: query, \(open)}]")
        #expect(optional.operations.first?.arguments == [])
        #expect(optional.codes == ["parameter-open"])
        let required = try operation("parameters: [{name: f, in: query, required: true, \(open)}]")
        #expect(required.operations.isEmpty)
    }

    @Test func `headers and cookies`() throws {
        let yaml = """
            parameters:
            - {name: X-Ref, in: header, schema: {type: string}}
            - {name: X-List, in: header, schema: {type: array, items: {type: string}}}
            - {name: X-Map, in: header, explode: true, schema: {type: object}}
            - {name: c, in: cookie, schema: {type: string}}
            - {name: d, in: cookie, explode: false, schema: {type: array, items: {type: string}}}
            """
        let draft = try #require(try operation(yaml).operations.first)
        let request = try draft.request.request([
            "X-Ref": "a, b", "X-List": ["a", "b"], "X-Map": ["k": "v"], "c": "a;b", "d": ["x", "y"],
        ])
        #expect(
            request.headers == [
                .init(name: "X-Ref", value: "a, b"), .init(name: "X-List", value: "a,b"),
                .init(name: "X-Map", value: "k=v"), .init(name: "Cookie", value: "c=a%3Bb; d=x,y"),
            ])
    }

    @Test(arguments: ["a\r\nX: 1", "a\nb", "a\rb", "\u{0}", "é", " a", "a ", "\u{7F}", "\t"])
    func `a header takes printable ASCII only`(_ value: String) throws {
        let draft = try #require(
            try operation("parameters: [{name: X-Ref, in: header, schema: {}}]").operations.first)
        #expect(throws: RequestRefusal.self) { try draft.request.request(["X-Ref": .string(value)]) }
    }

    @Test func `credentials and framing are no arguments`() throws {
        let names = [
            "Authorization", "cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection", "X-Forwarded-For",
            "Proxy-Authorization", "Accept", "content-type", "X-HTTP-Method-Override", "x-api-key",
        ]
        let headers = names.map { "- {name: \($0), in: header, schema: {type: string}}" }
        let yaml = """
            parameters:
            \(headers.joined(separator: "\n"))
            - {name: token, in: query, schema: {type: string}}
            - {name: ok, in: query, schema: {type: string}}
            """
        let rest = """
            components:
              securitySchemes:
                h: {type: apiKey, in: header, name: X-Api-Key}
                q: {type: apiKey, in: query, name: token}
            """
        let draft = try #require(try operation(yaml, rest: rest).operations.first)
        #expect(draft.arguments == ["ok"])
        #expect(throws: RequestRefusal.self) { try draft.request.request(["Authorization": "x"]) }
    }

    @Test(arguments: [
        "", ".", "..", "../../admin", "..;x", "%2e%2e", "%252e%252e", "a/../b", "a\\..\\b", "..%2f..", "a\r\nb",
        "a\u{0}b",
    ])
    func `a path segment is never empty, here or above`(_ value: String) throws {
        #expect(throws: RequestRefusal.self) {
            try target("{name: p, in: path, required: true, schema: {}}", .string(value), path: "/t/{p}")
        }
    }

    @Test(arguments: [
        ("c-1?admin=true", "/t/c-1%3Fadmin%3Dtrue"), ("c-1#", "/t/c-1%23"), ("//evil.test/x", "/t/%2F%2Fevil.test%2Fx"),
        ("https://evil.test", "/t/https%3A%2F%2Fevil.test"), ("a;b", "/t/a%3Bb"), ("...", "/t/..."),
        ("é", "/t/%C3%A9"),
        ("%2f", "/t/%252f"),
    ])
    func `a path argument stays in its segment`(_ value: String, _ expected: String) throws {
        #expect(
            try target("{name: p, in: path, required: true, schema: {}}", .string(value), path: "/t/{p}") == expected)
    }

    @Test func `an operation's parameter replaces its path's`() throws {
        let result = try imported(
            """
            openapi: 3.0.0
            paths:
              /a/{id}:
                parameters:
                - {name: id, in: path, required: true, schema: {type: string}}
                - {name: q, in: query, schema: {type: string}}
                get:
                  parameters: [{name: q, in: query, required: true, schema: {type: integer}}]
            """)
        let draft = try #require(result.operations.first)
        #expect(draft.arguments == ["id", "q"])
        #expect(draft.property("q") == ["type": "integer"])
        #expect(draft.inputSchema["required"] == ["id", "q"])
    }
}
