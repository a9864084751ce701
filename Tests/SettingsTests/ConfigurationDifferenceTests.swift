import Foundation
import Settings
import Testing

@Suite struct ConfigurationDifferenceTests {
    private func configuration(_ changes: [(String, String)] = [], document: [(String, String)] = []) throws
        -> Configuration
    {
        func changed(_ text: String, _ changes: [(String, String)]) -> String {
            changes.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        }
        let folder = try Folder(
            changed(Folder.configuration, changes), document: changed(Folder.document, document))
        return try #require(folder.load().configuration, "\(folder.errors)")
    }

    @Test func `sections that say the same are the same, and the policy is no other section`() throws {
        let old = try configuration()
        let new = try configuration([
            ("ben: { roles: [manager] }", "ben:\n    roles:\n      - manager"), ("effect: ask", "effect: allow"),
            ("      approvers: [manager]\n", ""), ("listen: 127.0.0.1:8080", "listen: '127.0.0.1:8080'"),
        ])
        let difference = ConfigurationDifference(old, new)
        #expect(difference.sections.isEmpty && difference.tools.isEmpty)
    }

    @Test func `sections that one has or that differ are named`() throws {
        let new = try configuration([
            ("ben: { roles: [manager] }", "ben: { roles: [manager, owner] }"),
            ("listen: 127.0.0.1:8080\n", "reread-sources: 1h\n"),
        ])
        #expect(ConfigurationDifference(try configuration(), new).sections == ["listen", "people", "reread-sources"])
    }

    @Test func `tools of which a call may do something else are named with what is another`() throws {
        let old = try configuration()
        let source = ConfigurationDifference(old, try configuration([("https://shop.example", "https://x.example")]))
        #expect(source.sections == ["sources"] && source.tools.map(\.name) == ["create_order", "list_orders"])
        #expect(source.tools.allSatisfy { $0.parts == [.definition, .source] })
        let scope = ConfigurationDifference(
            old, try configuration([("scope: { bound: { tenant_id: tenant } }", "scope: user-credential")]))
        #expect(scope.tools.map(\.name) == ["list_orders"] && scope.tools.first?.parts == [.definition, .scope])
        let document = ConfigurationDifference(old, try configuration(document: [("List orders", "List all orders")]))
        #expect(document.sections.isEmpty && document.tools.map(\.name) == ["list_orders"])
        #expect(document.tools.first?.parts == [.definition])
    }

    @Test func `a tool that is out of one catalogue is left to the comparison of rules`() throws {
        let new = try configuration([("bucket: write, scope", "bucket: never, scope")])
        #expect(ConfigurationDifference(try configuration(), new).tools.isEmpty)
    }
}
