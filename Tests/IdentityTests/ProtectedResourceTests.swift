import Engine
import JSON
import Testing

@testable import Identity

struct ProtectedResourceTests {
    @Test func `the metadata document`() throws {
        let resource = try #require(
            ProtectedResource(
                resource: "https://gw.test/mcp", authorizationServers: ["https://idp.test"], scopes: ["mcp"],
                name: "Acme tools"))
        #expect(
            resource.metadata.text
                == #"{"resource":"https://gw.test/mcp","authorization_servers":["https://idp.test"],"#
                + #""bearer_methods_supported":["header"],"scopes_supported":["mcp"],"resource_name":"Acme tools"}"#)
        #expect(resource.metadataURL == "https://gw.test/.well-known/oauth-protected-resource/mcp")
        #expect(
            resource.metadataPaths
                == ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"])
    }

    @Test(arguments: [
        ("https://gw.test", "https://gw.test/.well-known/oauth-protected-resource"),
        ("https://gw.test/", "https://gw.test/.well-known/oauth-protected-resource"),
        ("https://gw.test:8443/a/mcp", "https://gw.test:8443/.well-known/oauth-protected-resource/a/mcp"),
        ("http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp"),
    ])
    func `the well-known name goes between host and path`(resource: String, expected: String) throws {
        #expect(ProtectedResource(resource: resource, authorizationServers: [])?.metadataURL == expected)
    }

    @Test(arguments: [
        "", "gw.test/mcp", "https:///mcp", "https://gw.test/mcp?a", "https://gw.test/#a", "https://gw.test/\"x",
        "https://gw.test/a b",
    ])
    func `what is no resource URI is refused`(resource: String) {
        #expect(ProtectedResource(resource: resource, authorizationServers: []) == nil)
    }

    @Test func `challenges, byte for byte`() throws {
        let resource = try #require(
            ProtectedResource(resource: "https://gw.test/mcp", authorizationServers: [], scopes: ["mcp", "calls"]))
        let metadata = #"resource_metadata="https://gw.test/.well-known/oauth-protected-resource/mcp""#
        #expect(resource.missingToken == .init(status: 401, header: #"Bearer scope="mcp calls", \#(metadata)"#))
        #expect(
            resource.malformedRequest
                == .init(
                    status: 400,
                    header:
                        #"Bearer error="invalid_request", error_description="The Authorization header is malformed", "#
                        + #"scope="mcp calls", \#(metadata)"#))
        #expect(
            resource.challenge(for: AuthenticationFault(.invalidToken, cause: "signature \" evil"))
                == .init(
                    status: 401,
                    header: #"Bearer error="invalid_token", "#
                        + #"error_description="The access token is not valid for this resource", "#
                        + #"scope="mcp calls", \#(metadata)"#))
        #expect(
            resource.challenge(for: AuthenticationFault(.insufficientScope, cause: ""))
                == .init(
                    status: 403,
                    header: #"Bearer error="insufficient_scope", error_description="The access token lacks a scope", "#
                        + #"scope="mcp calls", \#(metadata)"#))
        #expect(
            resource.insufficientScope(["refunds", "a\"b"]).header
                == #"Bearer error="insufficient_scope", error_description="The access token lacks a scope", "#
                + #"scope="refunds", \#(metadata)"#)
        #expect(
            resource.challenge(for: AuthenticationFault(.unavailable, cause: "")) == .init(status: 503, header: nil))
        let bare = try #require(ProtectedResource(resource: "https://gw.test/mcp", authorizationServers: []))
        #expect(bare.missingToken.header == "Bearer " + metadata)
        #expect(ProtectedResource(resource: "https://gw.test", authorizationServers: [], scopes: ["a\""]) == nil)
    }

    @Test(
        arguments: [
            ([], .missing), (["Basic dTpw"], .missing), ([""], .missing), (["Digest x"], .missing),
            (["Bearer abc"], .token(Array("abc".utf8))),
            (["bEARER abc.def-_~+/=="], .token(Array("abc.def-_~+/==".utf8))),
            (["Bearer   abc"], .token(Array("abc".utf8))), (["Bearer"], .malformed), (["Bearer "], .malformed),
            (["Bearer abc "], .malformed), (["Bearer a b"], .malformed), (["Bearer a,b"], .malformed),
            (["Bearer a, Bearer b"], .malformed), (["Bearer ="], .malformed), (["Bearer a=b"], .malformed),
            (["Bearer \"abc\""], .malformed), (["Bearer abc", "Bearer abc"], .malformed),
            (["Basic dTpw", "Bearer abc"], .malformed), (["Bearer\tabc"], .missing), (["Bearerabc"], .missing),
            ([" Bearer abc"], .missing), (["Bearer äbc"], .malformed), (["Bearer a\u{0}"], .malformed),
        ] as [([String], BearerToken)])
    func `the header holds exactly one token, or none`(values: [String], expected: BearerToken) {
        #expect(BearerToken(fromAuthorizationHeader: values) == expected)
    }

    @Test func `base64url has one text for each value`() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text.utf8) == bytes)
            for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where length > 0 {
                let other = String(text.dropLast()) + String(last)
                if other != text { #expect(Base64URL.decode(other.utf8) != bytes) }
            }
        }
        for text in ["A", "AAAAA", "AA=", "AA==", "A+", "A/AA", "AB", "AAB", " AA", "AA\n"] {
            #expect(Base64URL.decode(text.utf8) == nil, "\(text)")
        }
    }
}
