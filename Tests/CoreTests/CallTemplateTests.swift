import Core
import JSON
import Policy
import Risk
import Testing

@Suite struct CallTemplateTests {
    private let template = CallTemplate(
        tool: "update_customer",
        arguments: [
            .init("customerId", .argument("id")),
            .init(
                "body", .object([.init("status", .before(JSONPointer(["status"]))), .init("note", .literal("back"))])),
            .init("refund", .answer(JSONPointer(["refund", "id"]))),
        ])

    @Test func `it is filled from arguments, answer and record`() {
        let filled = template.filled(
            ["id": "c-1", "x": 1], answer: ["refund": ["id": 7]], before: ["status": "active"])
        #expect(filled == ["customerId": "c-1", "body": ["status": "active", "note": "back"], "refund": 7])
        #expect(template.needsAnswer && template.needsRecord)
    }

    @Test(arguments: 0..<3)
    func `it is not filled where a part is not there`(missing: Int) {
        let arguments: JSONObject = missing == 0 ? [:] : ["id": "c-1"]
        let answer: JSONValue = missing == 1 ? ["refund": [:]] : ["refund": ["id": 7]]
        #expect(template.filled(arguments, answer: answer, before: missing == 2 ? nil : ["status": "active"]) == nil)
    }

    @Test func `what it says tells templates apart`() {
        let other = CallTemplate(tool: "t", arguments: [.init("a", .literal(["argument": "b"]))])
        let reference = CallTemplate(tool: "t", arguments: [.init("a", .argument("b"))])
        #expect(other.json != reference.json)
        #expect(!other.needsAnswer && !other.needsRecord)
    }

    private func tool(_ undo: Undo?) -> Tool {
        let schema: JSONValue = ["type": "object"]
        return Tool(
            name: "update_deal", description: "", source: "s", inputSchema: schema, arguments: DeferredSchema(schema),
            risk: Risk(
                level: .sideEffect, categories: [.destructive], effect: .potentiallyIrreversible, confidence: .high),
            bucket: .write, scope: Scope(.userCredential), definition: Digest(of: []),
            wording: Wording(verb: .change, noun: "deal", identity: ["id"], body: "body"), undo: undo)
    }

    @Test func `restoring puts back what was changed, and nothing else`() throws {
        let undo = Undo(.restore)
        let (name, arguments) = try #require(
            undo.compensation(
                of: tool(undo), ["id": "d-1", "body": ["stage": "lost", "amount": 1]], answer: nil,
                before: ["id": "d-1", "stage": "won", "amount": 9, "views": 3]))
        #expect(name == "update_deal")
        #expect(arguments == ["id": "d-1", "body": ["stage": "won", "amount": 9]])
        #expect(
            undo.compensation(of: tool(undo), ["id": "d-1", "body": ["new": 1]], answer: nil, before: ["id": "d-1"])
                == nil, "what was not there cannot be put back")
    }

    @Test func `a deletion that nothing takes back is final`() {
        #expect(tool(nil).facts.isFinalDeletion)
        #expect(!tool(Undo(.restore)).facts.isFinalDeletion)
        let change = describe(tool(nil), ["id": "d-1", "body": ["stage": "lost"]], .unreadable).change
        #expect(change.warnings.contains { $0.hasPrefix("Nothing takes this back") })
        let undone = describe(tool(Undo(.restore, window: 172_800)), ["id": "d-1"], .unreadable).change
        #expect(undone.warnings.contains("It can be taken back within 2 days."))
    }
}
