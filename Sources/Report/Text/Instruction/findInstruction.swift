/// Whether a passage steers a model instead of describing the tool, with the sentence that says so most clearly.
///
/// Patterns of words add up within eighty words, each kind once. Pressing alone ("you must call this first") never
/// suffices: real descriptions press as well.
func findInstruction(in passage: Passage) -> TextFlaw? {
    let words = readWords(passage.bytes)
    var lastPlace = [Int?](repeating: nil, count: cues.count)
    for start in words.indices where !words[start].wording.isDisjoint(with: starters) {
        var isNew = false
        for number in cues.indices where cues[number].match(words, at: start) != nil {
            lastPlace[number] = start
            isNew = true
        }
        guard isNew else { continue }
        let near = cues.indices.filter { lastPlace[$0].map { start - $0 <= 80 } ?? false }
        guard let clearest = weigh(near), let place = lastPlace[clearest] else { continue }
        let end = cues[clearest].match(words, at: place) ?? place
        let range = words[place].range.lowerBound..<words[min(words.count - 1, max(end, place + 8))].range.upperBound
        let form = passage.form.map { " in \($0)" } ?? ""
        return TextFlaw(.instruction, "\(cues[clearest].says)\(form): \(passage.quoted(range))")
    }
    return nil
}

/// The heaviest of some cues if they suffice together.
private func weigh(_ near: [Int]) -> Int? {
    var most: [String: Int] = [:]
    var pressure = 0
    for number in near {
        let cue = cues[number]
        if cue.presses { pressure += cue.weight } else { most[cue.says] = max(most[cue.says] ?? 0, cue.weight) }
    }
    let substance = most.values.reduce(0, +)
    guard substance >= 2, substance + min(2, pressure) >= 4 else { return nil }
    return near.filter { !cues[$0].presses }.max { (cues[$0].weight, -$0) < (cues[$1].weight, -$1) }
}

/// With what a pattern can begin.
private let starters = cues.reduce(into: Wording()) { $0.formUnion($1.first) }
