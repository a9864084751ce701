package import Core

/// Rates a gateway by what was seen of it.
///
/// A function of observations: `result × evidence × freshness` of each control's points, then the caps. Where several
/// observations speak of one control the worst counts, since a second look never adds what the first did not show. What
/// nobody looked at is worth nothing.
///
/// - Parameters:
///   - toolCount: how many tools can be reached.
///   - caps: what was found that caps the whole. Doubt about the evidence is added here.
///   - lingering: what was so within the last day (``lingeringCaps(_:at:)``), which caps as what is so.
/// - Returns: nil for a gateway without tools, which is not rated.
package func measureScore(
    _ observations: [Observation], toolCount: Int, caps: Set<Score.Cap>, lingering: [Score.Cap: Timestamp] = [:]
) -> Score? {
    guard toolCount > 0 else { return nil }
    var seen: [Control: Observation] = [:]
    for observation in observations {
        if let former = seen[observation.control], former.worth <= observation.worth { continue }
        seen[observation.control] = observation
    }
    let lines = Control.allCases.map { control in
        Score.Line(
            control: control, observation: seen[control],
            points: control.points * (seen[control]?.worth ?? 0))
    }
    let earned = lines.reduce(0) { $0 + $1.points }
    // Of all points, not of those earned: leaving a weak observation out must not make the rest look surer.
    let confidence =
        lines.reduce(0) { sum, line in
            switch line.observation?.source {
            case .probe, .audit: sum + line.control.points
            case .configuration, .claim, nil: sum
            }
        } / 100
    var caps = caps
    if confidence < 0.6 { caps.insert(.unsure) }
    let gone = lingering.filter { !caps.contains($0.key) }
    caps.formUnion(gone.keys)
    let ordered = caps.sorted { ($0.limit, $0.rawValue) < ($1.limit, $1.rawValue) }
    // A sum of rounded parts may miss a whole number by the last bit.
    let total = Int((earned + 1e-9).rounded(.down))
    return Score(
        lines: lines, caps: ordered, lingering: gone, total: ordered.reduce(total) { min($0, $1.limit) },
        confidence: confidence)
}

/// What capped the score within the last day and does no more, with until when it may have been so.
///
/// Whoever takes a risky tool away for the moment of a look would be rated by a moment. The history keeps a look whenever
/// something is otherwise, so that what a look saw held until the next.
package func lingeringCaps(_ looks: [Look], at now: Timestamp) -> [Score.Cap: Timestamp] {
    let since = now.advanced(bySeconds: -86_400)
    var found: [Score.Cap: Timestamp] = [:]
    for (look, next) in zip(looks, looks.dropFirst()) where next.at > since {
        for cap in Score.Cap.allCases where look.caps.contains(cap.code) && !next.caps.contains(cap.code) {
            found[cap] = max(found[cap] ?? next.at, next.at)
        }
    }
    // What the last look saw may be gone only now.
    for cap in Score.Cap.allCases where looks.last?.caps.contains(cap.code) == true { found[cap] = now }
    return found
}
