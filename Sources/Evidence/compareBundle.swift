import TransparencyLog

/// What stands where hashes say that entries were logged.
struct BundleComparison: Sendable, Hashable {
    /// The first thing that is wrong, but for missing entries.
    var flaw: Flaw?
    /// Positions of entries that are missing.
    var missing: [Int] = []
    /// How many entries are those that were logged, at their place.
    var matching = 0
}

/// Compares lines with the hashes of the leaves that were logged in their place.
///
/// - Parameters:
///   - from: the index of the first leaf.
///   - lines: in the order in which they came, with the positions that they name.
func compareBundle(
    from: Int, _ hashes: [TreeHash], _ lines: [(position: Int, line: [UInt8])]
) -> BundleComparison {
    var result = BundleComparison()
    let homes = lines.map { home(of: $0, from: from, hashes) }
    var (place, next) = (0, 0)
    while place < hashes.count || next < lines.count {
        if next < lines.count, homes[next] == place {
            // A line that only fits when it is numbered anew stood at another position.
            if lines[next].position == from + place + 1 {
                result.matching += 1
            } else {
                note(.reordered, at: from + place + 1, lines[next], &result)
            }
            place += 1
            next += 1
        } else if next == lines.count {
            result.missing.append(from + place + 1)
            place += 1
        } else if let home = homes[next] {
            if home < place || place >= hashes.count {
                note(.inserted, at: from + place + 1, lines[next], &result)
                next += 1
            } else if homes[(next + 1)...].contains(place) {
                note(.reordered, at: from + place + 1, lines[next], &result)
                // The order is lost: what is left is looked at as a set.
                let rest = Set(homes[next...].compactMap(\.self))
                result.missing += (place..<hashes.count).filter { !rest.contains($0) }.map { from + $0 + 1 }
                result.matching += rest.count { $0 >= place }
                return result
            } else {
                result.missing.append(from + place + 1)
                place += 1
            }
        } else if place >= hashes.count || next + 1 < lines.count && homes[next + 1] == place {
            note(.inserted, at: from + place + 1, lines[next], &result)
            next += 1
        } else {
            note(.changed, at: from + place + 1, lines[next], &result)
            place += 1
            next += 1
        }
    }
    return result
}

private func note(
    _ kind: Flaw.Kind, at position: Int, _ line: (position: Int, line: [UInt8]), _ result: inout BundleComparison
) {
    guard result.flaw == nil else { return }
    let text = String(decoding: line.line.prefix(160), as: UTF8.self)
    result.flaw = Flaw(kind, at: position, "what stands there begins with \(text)")
}

/// The place in the bundle at which a line was logged; nil where it never was in it.
private func home(of entry: (position: Int, line: [UInt8]), from: Int, _ hashes: [TreeHash]) -> Int? {
    let place = entry.position - from - 1
    if hashes.indices.contains(place), EvidenceLine.leaf(of: entry.line) == hashes[place] { return place }
    return hashes.indices.first { other in
        other != place
            && EvidenceLine.leaf(of: EvidenceLine.moved(entry.line, to: from + other + 1)) == hashes[other]
    }
}
