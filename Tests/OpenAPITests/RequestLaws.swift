import JSON
import TestSupport
import Testing

@testable import OpenAPI

/// What was sent, read back by a parser that knows nothing of the one that wrote it, is template plus arguments.
struct RequestLaws {
    private static let document = """
        openapi: 3.0.3
        info: {title: T, version: "1"}
        paths:
          /v1/items/{id}/x/{label}/{matrix}/{list}.json:
            post:
              operationId: send
              parameters:
              - {name: id, in: path, required: true, schema: {type: string}}
              - {name: label, in: path, required: true, style: label, schema: {type: string}}
              - {name: matrix, in: path, required: true, style: matrix, schema: {type: string}}
              - {name: list, in: path, required: true, schema: {type: array, items: {type: string}}}
              - {name: q, in: query, schema: {type: string}}
              - {name: free, in: query, allowReserved: true, schema: {type: string}}
              - {name: multi, in: query, schema: {type: array, items: {type: string}}}
              - {name: csv, in: query, explode: false, schema: {type: array, items: {type: string}}}
              - {name: spaced, in: query, style: spaceDelimited, explode: false, schema: {type: array}}
              - {name: deep, in: query, style: deepObject, schema: {type: object, properties: {a: {}, b: {}}}}
              - {name: spread, in: query, schema: {type: object, properties: {m: {}, n: {}}}}
              - {name: doc, in: query, content: {application/json: {schema: {}}}}
              - {name: X-Ref, in: header, schema: {type: string}}
              - {name: sid, in: cookie, schema: {type: string}}
              requestBody:
                required: true
                content:
                  application/json: {schema: {type: object, properties: {note: {type: string}, tags: {type: array}}}}
        """

    private static let fragments = [
        "../", "..;x",
        "%2e%2e", "%2f", "\r\n", "\n", "?", "#", "&", "=", "+", "\u{0}", "é", "日本", "a", "b1", " ", ",",
        ";",
        "/", "\\", ".", "..", "|", "[", "]", "%", "%00", "\"", "'", "<", "\u{202E}", "\u{212A}", "😀", ":", "@", "//",
        "*",
    ]

    private func hostile(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.fragments.randomElement(using: &random) ?? "" }
            .joined()
    }

    private func decoded(_ text: some StringProtocol) -> String? {
        RelativePath.percentDecoded(String(text))
    }

    @Test func `an argument stays a value`() throws {
        let draft = try #require(try imported(Self.document).operation("send"))
        var accepted = 0
        for seed in 0..<6_000 {
            var random = SplitMix64(seed: UInt64(seed))
            func tame(_ name: String) -> String { "v-" + name }
            // One or two hostile values at a time, so that many requests get through.
            var strings: [String: String] = [:]
            let names = ["id", "label", "matrix", "q", "free", "X-Ref", "sid", "note", "e1", "e2"]
            for name in names { strings[name] = tame(name) }
            for _ in 0..<2 { strings[names.randomElement(using: &random) ?? ""] = hostile(&random) }
            func value(_ name: String) -> JSONValue { .string(strings[name] ?? "") }
            let list: JSONValue = [value("e1"), value("e2")]
            let arguments: JSONObject = [
                "id": value("id"), "label": value("label"), "matrix": value("matrix"), "list": ["p", value("e1")],
                "q": value("q"), "free": value("free"), "multi": list, "csv": list,
                "spaced": [value("e1")], "deep": ["a": value("e1"), "b": value("e2")],
                "spread": ["m": value("e1"), "n": value("e2")], "doc": list,
                "X-Ref": value("X-Ref"), "sid": value("sid"), "note": value("note"), "tags": list,
            ]
            guard let request = try? draft.request.request(arguments) else { continue }
            accepted += 1
            try check(request, arguments, "seed \(seed)")
        }
        #expect(accepted > 1_000)
    }

    private func check(_ request: RequestDraft, _ arguments: JSONObject, _ seed: Comment) throws {
        #expect(request.method == "POST", seed)
        #expect(request.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }, seed)
        let halves = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = halves[0].split(separator: "/", omittingEmptySubsequences: false)
        try #require(segments.count == 8, seed)
        #expect(segments[0].isEmpty && segments[1] == "v1" && segments[2] == "items" && segments[4] == "x", seed)
        for segment in segments.dropFirst() { #expect(decoded(segment) != ".." && decoded(segment) != ".", seed) }
        #expect(decoded(segments[3]) == arguments["id"]?.string, seed)
        #expect(decoded(segments[5]) == "." + (arguments["label"]?.string ?? ""), seed)
        #expect(decoded(segments[6]) == ";matrix=" + (arguments["matrix"]?.string ?? ""), seed)
        #expect(segments[7].hasSuffix(".json"), seed)
        let elements = segments[7].dropLast(5).split(separator: ",", omittingEmptySubsequences: false)
        #expect(elements.map { JSONValue.string(decoded($0) ?? "?") } == arguments["list"]?.array, seed)
        try checkQuery(String(halves[1]), arguments, seed)
        #expect(request.headers.map(\.name) == ["X-Ref", "Cookie"], seed)
        #expect(request.headers[0].value == arguments["X-Ref"]?.string, seed)
        #expect(decoded(request.headers[1].value) == "sid=" + (arguments["sid"]?.string ?? ""), seed)
        for header in request.headers { #expect(header.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, seed) }
        #expect(!request.headers[1].value.utf8.contains(0x3B), seed)
        let body = try JSONParser.parse(try #require(request.body), options: .init(allowsNull: true))
        #expect(body == ["note": arguments["note"] ?? nil, "tags": arguments["tags"] ?? nil], seed)
    }

    private func checkQuery(_ query: String, _ arguments: JSONObject, _ seed: Comment) throws {
        var found: [(name: String, value: Substring)] = []
        for pair in query.split(separator: "&", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", omittingEmptySubsequences: false)
            try #require(sides.count == 2, seed)
            found.append((try #require(decoded(sides[0]), seed), sides[1]))
        }
        let names = [
            "q", "free", "multi", "multi", "csv", "spaced", "deep[a]", "deep[b]", "m", "n", "doc",
        ]
        try #require(found.map(\.name) == names, seed)
        func value(_ index: Int) -> JSONValue { .string(decoded(found[index].value) ?? "?") }
        func list(_ index: Int, _ separator: String) -> JSONValue {
            .array(
                found[index].value.split(separator: separator, omittingEmptySubsequences: false).map {
                    .string(decoded($0) ?? "?")
                })
        }
        #expect(value(0) == arguments["q"], seed)
        #expect(value(1) == arguments["free"], seed)
        #expect([value(2), value(3)] == arguments["multi"], seed)
        #expect(list(4, ",") == arguments["csv"], seed)
        #expect(list(5, "%20") == arguments["spaced"], seed)
        #expect(["a": value(6), "b": value(7)] == arguments["deep"], seed)
        #expect(["m": value(8), "n": value(9)] == arguments["spread"], seed)
        #expect(try JSONParser.parse(try #require(decoded(found[10].value))) == arguments["doc"], seed)
    }
}
