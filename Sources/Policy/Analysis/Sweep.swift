import JSON

/// Goes through the calls of one tool that some rules can tell apart.
struct Sweep {
    /// Only rules that speak of the tool, of all policies that are looked at.
    let rules: [Rule]
    let tool: AnalysedTool
    var askers = AskerFilter()
    /// How many calls are tried at most.
    let limit: Int

    /// Tries one call for each combination that can come out otherwise.
    ///
    /// - Parameter visit: returns whether to go on.
    /// - Returns: whether nothing was left out.
    func run(_ visit: (ExampleCall) -> Bool) -> Bool {
        let askers = Askers(for: rules, askers, limit: limit)
        var isExhaustive = askers.isExhaustive
        var used = 0
        var known: [CellKey: Cells] = [:]
        for (asker, rules) in askers.all {
            let axes = Axes(of: rules, tool, &known)
            let room = max(limit - used, limit / max(1, askers.all.count), 16)
            isExhaustive = isExhaustive && axes.isWhole && axes.count.map { $0 <= room } ?? false
            for number in 0..<min(room, axes.count ?? room) {
                used += 1
                guard let (arguments, minute) = axes.combination(number, in: room) else {
                    isExhaustive = false
                    continue
                }
                let call = ExampleCall(
                    user: asker.user, agent: asker.agent, tenant: asker.tenant, roles: asker.roles,
                    tool: tool.facts.name, arguments: arguments, minute: minute, isAccepted: true)
                guard visit(call) else { return false }
            }
        }
        return isExhaustive
    }
}

/// What the cells of an argument follow from. Askers share many of them.
private struct CellKey: Hashable {
    var pointer: JSONPointer
    var comparisons: Set<Comparison>
}

/// What conditions read of a call: each argument with its cells, and the time.
private struct Axes {
    private let sample: JSONObject
    private var pointers: [(pointer: JSONPointer, values: [JSONValue?])] = []
    private let minutes: [Int]
    /// Whether every cell has a value, and none depends on another.
    private(set) var isWhole = true
    /// How many combinations there are; nil where they cannot be counted.
    private(set) var count: Int?

    init(of rules: [Rule], _ tool: AnalysedTool, _ known: inout [CellKey: Cells]) {
        sample = tool.sample
        minutes = rules.minutes
        var count: Int? = minutes.count
        let read = rules.comparisons.sorted { $0.key.description < $1.key.description }
        for (pointer, comparisons) in read {
            let key = CellKey(pointer: pointer, comparisons: comparisons)
            let cells = known[key] ?? Self.likelyCells(key, tool)
            known[key] = cells
            isWhole = isWhole && cells.isWhole
            // INVARIANT: no argument is inside another one, so each can have any value whatever the others have.
            if read.contains(where: { $0.key != pointer && $0.key.isPrefix(of: pointer) }) { isWhole = false }
            pointers.append((pointer, cells.values))
            let (product, overflow) = (count ?? 0).multipliedReportingOverflow(by: cells.values.count)
            count = count == nil || overflow ? nil : product
        }
        self.count = count
    }

    private static func likelyCells(_ key: CellKey, _ tool: AnalysedTool) -> Cells {
        let sampled = JSONValue.object(tool.sample)[key.pointer].map { [$0] } ?? []
        return cells(
            of: key.comparisons, preferring: sampled, more: tool.candidates(key.pointer),
            isLikely: { value in
                tool.accepts(
                    Facts(
                        user: "somebody", agent: "some-agent", tenant: "some-tenant", roles: [], tool: tool.facts,
                        arguments: .known(tool.sample.placing(value, at: key.pointer)), minuteOfDay: .known(720)))
            })
    }

    /// One combination: the one with this number where all are tried, else one that is as good as drawn.
    ///
    /// - Returns: nil where the arguments cannot be put together.
    func combination(_ number: Int, in room: Int) -> (JSONObject, Int)? {
        let isDrawn = count.map { $0 > room } ?? true
        var rest = UInt64(number)
        func choose(_ count: Int) -> Int {
            // SplitMix64, so that what is drawn is the same each time.
            if isDrawn {
                rest &+= 0x9E37_79B9_7F4A_7C15
                var mixed = (rest ^ (rest >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                rest = mixed ^ (mixed >> 31)
            }
            let chosen = Int(rest % UInt64(count))
            if !isDrawn { rest /= UInt64(count) }
            return chosen
        }
        var arguments = sample
        var wanted: [(JSONPointer, JSONValue?)] = []
        for (pointer, values) in pointers {
            let value = values[choose(values.count)]
            arguments = arguments.placing(value, at: pointer)
            wanted.append((pointer, value))
        }
        let minute = minutes[choose(minutes.count)]
        let made = JSONValue.object(arguments)
        return wanted.allSatisfy { made[$0.0] == $0.1 } ? (arguments, minute) : nil
    }
}
