import Documents
import JSON
import Testing

@testable import OpenAPI

struct BodyTests {
    private func draft(_ yaml: String, version: String = "3.0.3", path: String = "/things") throws -> OperationDraft {
        let result = try operation(yaml, version: version, path: path, method: "post")
        return try #require(result.operations.first, "\(result.diagnostics)")
    }

    private func text(_ request: RequestDraft) -> String {
        String(decoding: request.body ?? [], as: UTF8.self)
    }

    @Test func `members of a plain object stand beside the parameters`() throws {
        let draft = try draft(
            """
            parameters: [{name: q, in: query, schema: {type: string}}]
            requestBody:
              required: true
              content:
                application/json:
                  schema: {type: object, required: [a], properties: {a: {type: string}, b: {type: integer}}}
            """)
        #expect(draft.arguments == ["q", "a", "b"])
        #expect(draft.inputSchema["required"] == ["a"])
        #expect(draft.inputSchema["additionalProperties"] == false)
        let request = try draft.request.request(["b": 1, "a": "x", "q": "y"])
        #expect(request.target == "/things?q=y")
        #expect(text(request) == #"{"a":"x","b":1}"#)
        #expect(request.contentType == "application/json")
    }

    @Test func `a clash makes the body one argument`() throws {
        let draft = try draft(
            """
            parameters: [{name: id, in: path, required: true, schema: {type: string}}]
            requestBody:
              content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}
            """, path: "/t/{id}")
        #expect(draft.arguments == ["id", "body"])
        let request = try draft.request.request(["id": "1", "body": ["id": "2"]])
        #expect(request.target == "/t/1")
        #expect(text(request) == #"{"id":"2"}"#)
    }

    @Test func `a parameter called body does not hide the body`() throws {
        let draft = try draft(
            """
            parameters: [{name: body, in: query, schema: {type: string}}]
            requestBody: {content: {application/json: {schema: {type: array}}}}
            """)
        #expect(draft.arguments == ["body", "body_body"])
        let request = try draft.request.request(["body": "q", "body_body": [1]])
        #expect(request.target == "/things?body=q")
        #expect(text(request) == "[1]")
    }

    @Test(arguments: [
        "{oneOf: [{type: object}]}", "{type: object, additionalProperties: {type: string}}", "{type: array}", "{}",
        "{type: object, minProperties: 1, properties: {a: {}}}",
    ])
    func `what is no plain object is one argument`(_ schema: String) throws {
        let draft = try draft("requestBody: {required: true, content: {application/json: {schema: \(schema)}}}")
        #expect(draft.arguments == ["body"])
        #expect(draft.inputSchema["required"] == ["body"])
    }

    @Test func `an optional body once begun needs its members`() throws {
        let schema = "{type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}"
        let optional = try draft("requestBody: {required: false, content: {application/json: {schema: \(schema)}}}")
        #expect(optional.inputSchema["required"] == nil)
        #expect(optional.inputSchema["dependentRequired"] == ["b": ["a"]])
        #expect(try optional.request.request([:]).body == nil)
        let unsaid = try draft("requestBody: {content: {application/json: {schema: \(schema)}}}")
        #expect(unsaid.inputSchema["required"] == ["a"])
    }

    @Test func `forms`() throws {
        let draft = try draft(
            """
            requestBody:
              content:
                application/x-www-form-urlencoded:
                  schema:
                    type: object
                    properties: {a: {type: string}, l: {type: array}, m: {type: object}, d: {type: object}}
                  encoding: {d: {style: deepObject, explode: true}}
            """)
        let request = try draft.request.request([
            "a": "x&y=z w", "l": [1, 2], "m": ["k": "v"], "d": ["k": ["x": 1]],
        ])
        #expect(text(request) == "a=x%26y%3Dz%20w&l=1&l=2&m=%7B%22k%22%3A%22v%22%7D&d%5Bk%5D%5Bx%5D=1")
        #expect(request.contentType == "application/x-www-form-urlencoded")
    }

    @Test func `multipart with a file, JSON and text`() throws {
        let draft = try draft(
            """
            requestBody:
              content:
                multipart/form-data:
                  schema:
                    type: object
                    properties:
                      file: {type: string, format: binary}
                      meta: {type: object}
                      note: {type: string}
                  encoding: {file: {contentType: image/png}}
            """)
        #expect(draft.property("file") == ["type": "string", "contentEncoding": "base64"])
        let request = try draft.request.request(["file": "AAEC", "meta": ["a": 1], "note": "hi\r\n--x"])
        let type = try #require(request.contentType)
        let boundary = try #require(type.split(separator: "=").last)
        let expected =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n"
            + "Content-Type: image/png\r\n\r\n\u{0}\u{1}\u{2}\r\n"
            + "--\(boundary)\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n"
            + "{\"a\":1}\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--x\r\n"
            + "--\(boundary)--\r\n"
        #expect(text(request) == expected)
        #expect(throws: RequestRefusal.self) { try draft.request.request(["file": "no base64"]) }
    }

    @Test func `no argument can end its part`() throws {
        let draft = try draft(
            "requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {a: {type: string}}}}}}")
        let first = try draft.request.request(["a": "x"])
        let boundary = try #require(first.contentType?.split(separator: "=").last.map(String.init))
        // The boundary follows from the content, so that a content naming it gets another one.
        let second = try draft.request.request(["a": .string("\r\n--\(boundary)--")])
        let other = try #require(second.contentType?.split(separator: "=").last.map(String.init))
        #expect(text(second).components(separatedBy: other).count == 3)
    }

    @Test func `no field of a form names another method`() throws {
        let schema = "{type: object, required: [_method], properties: {_method: {type: string}, a: {type: string}}}"
        let draft = try draft("requestBody: {content: {application/x-www-form-urlencoded: {schema: \(schema)}}}")
        #expect(draft.arguments == ["a"])
        #expect(draft.inputSchema["required"] == nil)
    }

    @Test func `text and bytes`() throws {
        let plain = try draft("requestBody: {content: {text/plain: {schema: {type: string}}}}")
        #expect(text(try plain.request.request(["body": "hé"])) == "hé")
        let octets = try draft("requestBody: {content: {application/octet-stream: {}}}")
        #expect(octets.property("body") == ["type": "string", "contentEncoding": "base64"])
        #expect(try octets.request.request(["body": "AAEC"]).body == [0, 1, 2])
    }

    @Test(arguments: [
        ("application/merge-patch+json", "application/merge-patch+json"), ("'*/*'", "application/json"),
        ("application/json;v=1", "application/json;v=1"),
    ])
    func `media types of JSON`(_ written: String, _ sent: String) throws {
        let draft = try draft("requestBody: {content: {\(written): {schema: {type: object, properties: {a: {}}}}}}")
        #expect(try draft.request.request(["a": 1]).contentType == sent)
    }

    @Test func `other media types skip the operation`() throws {
        let result = try operation("requestBody: {content: {application/xml: {schema: {}}}}", method: "post")
        #expect(result.operations.isEmpty)
        #expect(result.codes == ["media-type-unsupported"])
        #expect(result.diagnostics.first?.position?.line == 6)
    }

    @Test func `forms and files of Swagger 2_0`() throws {
        let form = try draft(
            """
            consumes: [application/x-www-form-urlencoded]
            parameters:
            - {name: a, in: formData, type: string, required: true}
            - {name: l, in: formData, type: array, items: {type: string}, collectionFormat: multi}
            """, version: "2.0")
        #expect(text(try form.request.request(["a": "1", "l": ["x", "y"]])) == "a=1&l=x&l=y")
        let file = try draft("parameters: [{name: f, in: formData, type: file}]", version: "2.0")
        #expect(file.property("f") == ["type": "string", "contentEncoding": "base64"])
        #expect(
            try file.request.request(["f": "AAEC"]).contentType?.hasPrefix("multipart/form-data; boundary=") == true)
        let body = try draft(
            """
            parameters:
            - {name: payload, in: body, required: true, schema: {type: object, properties: {a: {type: string}}}}
            """, version: "2.0")
        #expect(text(try body.request.request(["a": "x"])) == #"{"a":"x"}"#)
    }
}

extension String {
    fileprivate func components(separatedBy word: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: word) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
