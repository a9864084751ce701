/// Rates a gateway by what was seen of it.
///
/// A function of observations: `result × evidence × freshness` of each control's points, then the caps. Where several
/// observations speak of one control the worst counts, since a second look never adds what the first did not show. What
/// nobody looked at is worth nothing.
///
/// - Parameters:
///   - toolCount: how many tools can be reached.
///   - caps: what was found that caps the whole. Doubt about the evidence is added here.
/// - Returns: nil for a gateway without tools, which is not rated.
package func measureScore(_ observations: [Observation], toolCount: Int, caps: Set<Score.Cap>) -> Score? {
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
    let ordered = caps.sorted { ($0.limit, $0.rawValue) < ($1.limit, $1.rawValue) }
    // A sum of rounded parts may miss a whole number by the last bit.
    let total = Int((earned + 1e-9).rounded(.down))
    return Score(
        lines: lines, caps: ordered, total: ordered.reduce(total) { min($0, $1.limit) }, confidence: confidence)
}
