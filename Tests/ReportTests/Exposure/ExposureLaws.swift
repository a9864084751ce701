import Report
import Risk
import TestSupport
import Testing

/// What no document may bring about, over documents made at random.
@Suite struct ExposureLaws {
    @Test(arguments: 0..<200)
    func `one more tool never adds a point`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var facts = random.facts(Int.random(in: 1...12, using: &random))
        for setting in Setting.allCases {
            let before = total(facts, setting)
            let more = random.tool(1_000)
            let former = facts
            facts.tools.append(more)
            facts.operationCount += 1
            let after = total(facts, setting)
            facts = former
            #expect((after ?? 101) <= (before ?? -1), "seed \(seed), \(setting)")
        }
    }

    @Test(arguments: 0..<200)
    func `a fact that is missing never adds a point`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let facts = random.facts(Int.random(in: 1...12, using: &random))
        for index in facts.tools.indices {
            let losses: [(inout ScannedTool) -> Void] = [
                { $0.schemes = [] }, { $0.permissions = [] }, { $0.scope = .undeclared }, { $0.declaresAnswer = false },
                { $0.openArguments = ["body"] },
                { $0.risk.level = .critical },
            ]
            for (number, lose) in losses.enumerated() {
                var fewer = facts
                lose(&fewer.tools[index])
                for setting in Setting.allCases {
                    #expect(
                        (total(fewer, setting) ?? 101) <= (total(facts, setting) ?? -1),
                        "seed \(seed), tool \(index), fact \(number), \(setting)")
                }
            }
        }
    }

    @Test(arguments: 0..<100)
    func `an operation that cannot be read is as bad as any that can, as is`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let facts = random.facts(Int.random(in: 2...12, using: &random))
        for index in facts.tools.indices {
            var fewer = facts
            let tool = fewer.tools.remove(at: index)
            fewer.skipped.append(
                DocumentFacts.Skipped(subject: tool.key, code: "broken", message: "broken", file: "a", line: 1))
            #expect((total(fewer, .asIs) ?? 101) <= (total(facts, .asIs) ?? -1), "seed \(seed), tool \(index)")
        }
    }

    @Test(arguments: 0..<100)
    func `points add up, and mending gains`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let facts = random.facts(Int.random(in: 1...12, using: &random))
        for setting in Setting.allCases {
            let exposure = try #require(measureExposure(facts, setting, findings: findProblems(facts)))
            let sum = exposure.lines.reduce(0) { $0 + $1.points }
            let limit = exposure.caps.map(\.limit).min() ?? 100
            #expect(exposure.total == min(limit, Int((sum + 1e-6).rounded(.down))))
            #expect(abs(exposure.lines.reduce(0) { $0 + $1.points + $1.lost } - 100) < 1e-6)
            #expect(exposure.lines.allSatisfy { $0.gain >= 0 && (0...1).contains($0.result) })
            #expect((0...100).contains(exposure.total))
        }
    }

    @Test(arguments: 0..<100)
    func `the gateway never makes it worse`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let facts = random.facts(Int.random(in: 1...12, using: &random))
        #expect(try #require(total(facts, .suggested)) >= #require(total(facts, .asIs)))
    }
}
