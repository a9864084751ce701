import Report
import Risk
import TestSupport
import Testing

@Suite struct ExposureTests {
    private func tool(_ path: String, _ level: Risk.Level, open: Bool = false) -> ScannedTool {
        ScannedTool(
            name: path, method: level == .readOnly ? "GET" : "DELETE", path: path, summary: "Does \(path).",
            risk: Risk(level: level, effect: .none, confidence: .high), schemes: open ? [] : ["key"],
            permissions: ["all"], scope: .userCredential, declaresAnswer: true)
    }

    private func facts(_ tools: [ScannedTool], operations: Int? = nil) -> DocumentFacts {
        DocumentFacts(
            title: "", version: "", openAPIVersion: "3.1.0", file: "a", digest: "", tools: tools,
            operationCount: operations ?? tools.count,
            skipped: (tools.count..<(operations ?? tools.count)).map {
                DocumentFacts.Skipped(subject: "GET \($0)", code: "broken", message: "broken", file: "a", line: $0)
            })
    }

    @Test func `a document without tools is not rated`() {
        #expect(total(facts([]), .asIs) == nil)
        #expect(total(facts([], operations: 3), .suggested) == nil)
    }

    @Test func `a document with everything right is worth all points as suggested`() {
        #expect(total(facts([tool("/a", .readOnly), tool("/b", .critical)]), .suggested) == 100)
    }

    @Test func `what is critical and runs without approval caps at 49`() throws {
        let exposure = try #require(measureExposure(facts([tool("/b", .critical)]), .asIs, findings: []))
        #expect(exposure.caps.map(\.limit) == [49])
        #expect(exposure.total <= 49)
    }

    @Test func `what answers anybody caps at 20`() throws {
        let open = facts([tool("/a", .readOnly, open: true)])
        #expect(measureExposure(open, .asIs, findings: [])?.caps.map(\.limit) == [20])
        #expect(try #require(total(open, .asIs)) <= 20)
    }

    @Test func `an operation that cannot be read costs points`() throws {
        let whole = try #require(total(facts([tool("/a", .readOnly)]), .suggested))
        let partly = try #require(total(facts([tool("/a", .readOnly)], operations: 2), .suggested))
        #expect(partly < whole)
    }

    @Test func `a text for a model costs points`() throws {
        let facts = facts([tool("/a", .readOnly)])
        let finding = Finding(.hiddenInstruction, subject: "GET /a", evidence: "", file: "a")
        let before = try #require(measureExposure(facts, .suggested, findings: []))
        let after = try #require(measureExposure(facts, .suggested, findings: [finding]))
        #expect(after.total < before.total)
    }

    @Test(arguments: [
        (100, "A+"), (95, "A+"), (94, "A"), (89, "B"), (79, "C"), (69, "D"), (59, "E"), (49, "F"), (0, "F"),
    ])
    func `the grade follows from the points`(points: Int, grade: String) {
        #expect(Grade(points).rawValue == grade)
    }
}
