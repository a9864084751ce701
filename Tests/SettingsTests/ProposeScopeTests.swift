import Core
import Documents
import OpenAPI
import Testing

@testable import Settings

@Suite struct ProposeScopeTests {
    /// A document with one operation.
    private func proposed(parameters: String = "[]", security: String, schemes: String) throws -> Scope {
        let text = """
            openapi: 3.1.0
            info: { title: One, version: "1" }
            paths:
              /things/{user_id}:
                get:
                  operationId: listThings
                  parameters: \(parameters)
                  security: \(security)
                  responses: { "200": { description: Things. } }
            components:
              securitySchemes: \(schemes)
            """
        let document = try SourceDocument.parse(Array(text.utf8), file: "one.yaml")
        let imported = importDocument(document, files: Files(folder: "/nowhere"))
        let draft = try #require(imported.operations.first, "\(imported.diagnostics)")
        return proposeScope(draft, schemes: imported.securitySchemes)
    }

    private static let id = "{ name: user_id, in: path, required: true, schema: { type: string } }"

    @Test(arguments: [
        ("{ type: apiKey, in: header, name: X-Key }", true),
        ("{ type: apiKey, in: query, name: key }", true),
        ("{ type: apiKey, in: cookie, name: session }", false),
        ("{ type: http, scheme: bearer }", true),
        ("{ type: http, scheme: Basic }", true),
        ("{ type: http, scheme: digest }", false),
        ("{ type: openIdConnect, openIdConnectUrl: https://idp.example }", true),
        (
            "{ type: oauth2, flows: { authorizationCode: { authorizationUrl: https://a, tokenUrl: https://b, scopes: {} } } }",
            true
        ),
        ("{ type: oauth2, flows: { clientCredentials: { tokenUrl: https://b, scopes: {} } } }", false),
        ("{ type: mutualTLS }", false),
        ("{ type: telepathy }", false),
    ])
    func `a user's own credential is proposed where a scheme allows one`(_ scheme: String, _ isUser: Bool) throws {
        let scope = try proposed(parameters: "[\(Self.id)]", security: "[{ s: [] }]", schemes: "{ s: \(scheme) }")
        #expect(scope == Scope(isUser ? .userCredential : .undeclared))
    }

    @Test(arguments: [
        ("[{ s: [] }]", true), ("[]", false), ("[{}]", false), ("[{ gone: [] }]", false), ("[{ s: [], m: [] }]", false),
        ("[{ m: [] }, { s: [] }]", true),
    ])
    func `all schemes of one alternative have to allow it`(_ security: String, _ isUser: Bool) throws {
        let scope = try proposed(
            parameters: "[\(Self.id)]", security: security,
            schemes: "{ s: { type: http, scheme: bearer }, m: { type: mutualTLS } }")
        #expect(scope == Scope(isUser ? .userCredential : .undeclared))
    }

    @Test(arguments: [
        ("tenant_id", "query", "tenant"), ("tenantId", "query", "tenant"), ("X-Tenant-Id", "header", "tenant"),
        ("tenant", "query", "tenant"), ("on_behalf_of", "query", "user"), ("X-User-Id", "header", "user"),
        ("actor-id", "query", "user"), ("user", "query", ""), ("owner_id", "query", ""), ("subtenant", "query", ""),
        ("tenants", "query", ""),
    ])
    func `a parameter that is the caller's identity is bound`(
        _ name: String, _ location: String, _ attribute: String
    ) throws {
        let parameter = "{ name: \(name), in: \(location), schema: { type: string } }"
        let scope = try proposed(
            parameters: "[\(Self.id), \(parameter)]", security: "[{ s: [] }]",
            schemes: "{ s: { type: http, scheme: bearer } }")
        if let attribute = Principal.Attribute(rawValue: attribute) {
            #expect(scope.name == "bound")
            #expect(Array(scope.bindings.values) == [attribute])
        } else {
            #expect(scope == Scope(.userCredential))
        }
    }
}
