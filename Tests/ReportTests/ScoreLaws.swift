import Report
import TestSupport
import Testing

@Suite struct ScoreLaws {
    private func observations(_ random: inout SplitMix64) -> [Observation] {
        Control.allCases.filter { _ in Bool.random(using: &random) }.map { control in
            Observation(
                control, Double.random(in: 0...1, using: &random),
                Observation.Source.allCases.randomElement(using: &random) ?? .claim,
                age: Int.random(in: 0...120, using: &random), "seen")
        }
    }

    private func total(_ observations: [Observation], _ caps: Set<Score.Cap> = []) -> Int {
        measureScore(observations, toolCount: 1, caps: caps)?.total ?? -1
    }

    @Test func `the points add up to 100, by area as published`() {
        let areas = Dictionary(grouping: Control.allCases, by: \.area).mapValues { $0.reduce(0) { $0 + $1.points } }
        #expect(
            areas == [
                .identity: 16, .leastPrivilege: 18, .oversight: 14, .audit: 14, .secrets: 12, .inputAndEgress: 12,
                .blastRadius: 6, .integrity: 8,
            ])
    }

    @Test func `everything probed today is worth everything`() {
        let all = Control.allCases.map { Observation($0, 1, .probe, "tried") }
        let score = measureScore(all, toolCount: 1, caps: [])
        #expect(score?.total == 100)
        #expect(score?.grade == .best)
        #expect(measureScore(all, toolCount: 0, caps: []) == nil, "no tools: not rated")
    }

    @Test func `claims are worth nothing, configuration half and never more than 79`() {
        #expect(total(Control.allCases.map { Observation($0, 1, .claim, "said") }) == 0)
        #expect(total(Control.allCases.map { Observation($0, 1, .configuration, "read") }) == 50)
        let mixed = Control.allCases.enumerated().map {
            Observation($0.element, 1, $0.offset.isMultiple(of: 2) ? .probe : .configuration, "seen")
        }
        #expect(total(mixed) <= 79)
    }

    @Test(arguments: 0..<200)
    func `what is not looked at never adds a point`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let all = observations(&random)
        for index in all.indices {
            var fewer = all
            fewer.remove(at: index)
            #expect(total(fewer) <= total(all), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<200)
    func `a second look, an older one and a cap never add a point`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let all = observations(&random)
        for observation in all {
            var older = observation
            older.age += Int.random(in: 0...90, using: &random)
            #expect(older.worth <= observation.worth)
            let second = Observation(observation.control, Double.random(in: 0...1, using: &random), .probe, "again")
            let points = { (list: [Observation]) in
                measureScore(list, toolCount: 1, caps: [])?.lines.reduce(0) { $0 + $1.points } ?? 0
            }
            #expect(points(all + [second]) <= points(all) + 1e-9, "seed \(seed)")
        }
        for cap in Score.Cap.allCases {
            #expect(total(all, [cap]) <= total(all))
            #expect(total(all, [cap]) <= cap.limit)
        }
    }

    @Test func `the unknown is printed`() {
        let score = measureScore([Observation(.reach, 1, .probe, "tried")], toolCount: 3, caps: [])
        #expect(score?.vector.hasPrefix("A1:100/A2:?/") == true)
        #expect(score?.lines.count == Control.allCases.count)
        #expect(score?.topFixes.map(\.control) == [.gate, .forgedTokens, .defaultDeny], "the dearest first")
    }
}
