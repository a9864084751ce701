import Report
import Risk
import TestSupport

extension SplitMix64 {
    /// A tool with everything possible about it. Its path is never that of another.
    mutating func tool(_ number: Int) -> ScannedTool {
        let level = Risk.Level.allCases.randomElement(using: &self) ?? .critical
        let categories = Risk.Category.allCases.filter { _ in Int.random(in: 0..<6, using: &self) == 0 }
        let bucket: Bucket =
            level == .readOnly
            ? .read : Int.random(in: 0..<3, using: &self) == 0 ? .never : .write
        return ScannedTool(
            name: "tool_\(number)", method: ["GET", "POST", "DELETE"].randomElement(using: &self) ?? "GET",
            path: "/things/\(number)", summary: chance ? "Does thing \(number)." : "",
            description: chance ? "Thing \(Int.random(in: 0...9, using: &self))." : "",
            risk: Risk(
                level: level, categories: Set(categories), effect: level == .readOnly ? .none : .dataChange,
                bucket: bucket, confidence: chance ? .high : .low),
            schemes: chance ? ["key"] : [], permissions: chance ? ["things:read"] : [],
            scope: ScannedTool.ProposedScope.allCases.randomElement(using: &self) ?? .undeclared,
            declaresAnswer: chance, openArguments: chance ? [] : ["body"], secretsInAddress: chance ? [] : ["token"],
            file: "a.yaml", line: number)
    }

    mutating func facts(_ count: Int) -> DocumentFacts {
        let tools = (0..<count).map { tool($0) }
        return DocumentFacts(
            title: "Things", version: "1", openAPIVersion: "3.1.0", file: "a.yaml", digest: "00", tools: tools,
            operationCount: count, skipped: [])
    }

    private var chance: Bool {
        mutating get { Bool.random(using: &self) }
    }
}

func total(_ facts: DocumentFacts, _ setting: Setting) -> Int? {
    measureExposure(facts, setting, findings: findProblems(facts))?.total
}
