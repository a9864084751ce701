import Risk

/// Measures what a document would expose.
///
/// A function of facts. A check over tools is worth `k / (k + d)` of its points, where `d` is the sum of the weights of the
/// tools that fail it, and at most 0.3 more than its worst tool. So one more tool never adds a point, whatever its controls,
/// and a fact that is missing counts as the worst it can mean.
///
/// - Returns: nil for a document without tools, which is not rated.
package func measureExposure(_ facts: DocumentFacts, _ setting: Setting, findings: [Finding]) -> Exposure? {
    guard !facts.tools.isEmpty else { return nil }
    let view = ExposureView(facts: facts, setting: setting, findings: findings)
    let results = Check.allCases.map { (check: $0, result: view.result(of: $0)) }
    let caps = view.caps
    let total = points(results.map { ($0.check, $0.result) }, caps)
    let unit = 100 / Check.allCases.reduce(0) { $0 + $1.points }
    let lines = results.map { line in
        Exposure.Line(
            check: line.check, result: line.result, points: line.check.points * unit * line.result,
            lost: line.check.points * unit * (1 - line.result), evidence: view.evidence(for: line.check),
            gain: points(
                results.map { ($0.check, $0.check == line.check ? 1 : $0.result) },
                caps.filter { $0.check != line.check }) - total)
    }
    return Exposure(setting: setting, lines: lines, caps: caps, total: total)
}

/// Whole points, rounded down, under the caps.
private func points(_ results: [(check: Check, result: Double)], _ caps: [Exposure.Cap]) -> Int {
    let all = results.reduce(0) { $0 + $1.check.points }
    let reached = results.reduce(0) { $0 + $1.check.points * $1.result }
    // A sum of rounded parts may miss a whole number by the last bit.
    let total = Int((100 * reached / all + 1e-9).rounded(.down))
    return caps.reduce(total) { min($0, $1.limit) }
}
