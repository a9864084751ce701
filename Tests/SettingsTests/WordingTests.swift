import Core
import Foundation
import Settings
import Testing

/// How calls are told to people, as the document of the example gives it.
@Suite struct WordingTests {
    private static let tools: [String: Tool] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let loaded = load(root.path + "/Examples/Acme/sallyport.yaml")
        return Dictionary((loaded.configuration?.tools ?? []).map { ($0.name, $0) }) { first, _ in first }
    }()

    private func wording(_ name: String) throws -> Wording {
        try #require(Self.tools[name]).wording
    }

    @Test func `a change of a record names it, and the tool that reads it`() throws {
        let wording = try wording("update_deal")
        #expect(wording.verb == .change && wording.noun == "deal" && wording.identity.count == 1)
        #expect(wording.reading?.tool == "get_deal")
        #expect(try #require(wording.reading).arguments.values.first == wording.identity.first)
        let deletion = try self.wording("delete_customer")
        #expect(deletion.verb == .delete && deletion.noun == "customer" && deletion.reading?.tool == "get_customer")
    }

    @Test func `what makes a record, and what does something else`() throws {
        let refund = try wording("create_refund")
        #expect(
            refund.verb == .create && refund.noun == "refund" && refund.identity.count == 1 && refund.reading == nil)
        #expect(try wording("send_message").verb == .create)
        #expect(try wording("bulk_delete_customers").verb == .other)
    }
}
