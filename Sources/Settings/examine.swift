import Backends
package import Core
import Policy
package import Report
import Risk

/// What a configuration shows of itself.
package struct Examination: Sendable {
    package var observations: [Observation] = []
    package var caps: Set<Score.Cap> = []
    /// Whether calls of each tool wait for a human, by the tool's key: 1 always, 0 certainly not for somebody.
    package var gates: [String: Double] = [:]
    /// What in the texts of each tool is not meant for a reader, by the tool's key, where there is any.
    package var flaws: [String: [TextFlaw]] = [:]

    /// Whether something that can be tried was not.
    package var isPartial = false

    package init() {}

    package mutating func add(_ observation: Observation) {
        observations.append(observation)
    }
}

/// Looks at a configuration as it would be in force: what can be reached, by whom, and what stands in between.
///
/// Who holds what is worked out with the policy's own `decide`, for one of every kind of people that its rules tell apart, so
/// the answer is what a call would get and not what a setting promises. Where there are too many kinds to try, the worst is
/// taken.
///
/// - Parameter catalogue: what can be reached; everything that the configuration grants otherwise.
package func examine(_ configuration: Configuration, _ catalogue: Catalogue? = nil) -> Examination {
    let catalogue = catalogue ?? Catalogue(configuration.tools)
    var examination = Examination()
    let tools = catalogue.tools
    guard !tools.isEmpty else { return examination }
    var known = KnownTexts()
    for tool in tools {
        let flaws = flaws(of: tool, &known)
        if !flaws.isEmpty { examination.flaws[tool.key] = flaws }
    }
    examination.add(defaultDeny(configuration, catalogue))
    examination.add(
        overTools(.ownCredential, tools, .configuration, { "calls of \($0) tools act with the user's own credential" })
        {
            switch $0.scope.kind {
            case .userCredential: 1
            case .bound: 0.5
            case .serviceWide, .undeclared: 0
            }
        })
    examination.add(
        overTools(.never, tools, .probe, { "\($0) tools are no looser than their risk suggests" }) {
            $0.bucket.isLooser(than: $0.risk.suggestedBucket) ? 0 : 1
        })
    let people = Somebody.everybody(configuration.policy)
    let gates = Dictionary(
        tools.map { tool in (tool.key, people.map { gate(tool, configuration.policy, $0) } ?? 0) }
    ) { min($0, $1) }
    examination.gates = gates
    examination.add(
        overTools(
            .gate, tools.filter(\.risk.isDestructive), .probe,
            { "\($0) tools that destroy or cannot be undone always ask" }
        ) {
            gates[$0.key] ?? 0
        })
    if tools.contains(where: { $0.risk.isDestructive && gates[$0.key] == 0 }) { examination.caps.insert(.ungated) }
    examination.add(
        overTools(.answers, tools, .configuration, { "answers of \($0) tools are reduced to declared fields" }) {
            $0.declaresAnswer ? 1 : 0
        })
    examination.add(addressGuard(configuration.sources))
    examination.add(
        overTools(.texts, tools, .probe, { "texts of \($0) tools hold nothing for a model alone" }) {
            examination.flaws[$0.key]?.contains { $0.kind != .tooLong } ?? false ? 0 : 1
        })
    let out = tools.filter { !$0.isRead && $0.risk.categories.contains(.communication) }
    let freely = out.filter { (gates[$0.key] ?? 0) < 1 }
    examination.add(
        Observation(
            .combinations, freely.isEmpty || tools.count < 2 ? 1 : 0, .probe,
            freely.isEmpty
                ? "all \(out.count) tools that send or publish always ask"
                : "'\(freely[0].name)' sends without always asking, beside tools that read"))
    if !freely.isEmpty, tools.count > 1 { examination.caps.insert(.combination) }
    if let budgets = budgets(configuration.rates, configuration.budgets, tools.filter { !$0.isRead }) {
        examination.add(budgets)
    }
    if people.map({ hasWildcard(configuration.policy, tools, $0) }) ?? true { examination.caps.insert(.wildcard) }
    return examination
}

/// Tries what must not be there: never tools, tools without a scope, a tool that no rule can mean.
private func defaultDeny(_ configuration: Configuration, _ catalogue: Catalogue) -> Observation {
    let hidden = configuration.tools.filter { $0.bucket == .never || !$0.scope.isDeclared }
    let found = hidden.filter { tool in
        catalogue[tool.name].map { $0 === tool } ?? false
    }
    let stranger = Facts(
        user: "nobody", agent: "nobody", tenant: nil, roles: [],
        tool: ToolFacts(name: "no tool", source: "no source", bucket: .never, level: .critical), arguments: .unknown,
        minuteOfDay: .unknown)
    let isDenied = decide(configuration.policy, stranger).isCertainDeny
    return Observation(
        .defaultDeny, found.isEmpty && isDenied ? 1 : 0, .probe,
        isDenied
            ? "\(hidden.count) operations without a place were looked for and not found; a stranger's call is denied"
            : "a rule reaches what nobody declared")
}

/// How far rates and budgets bound what changes state: how often, how much of it, and how much money where money moves.
///
/// - Returns: nil where nothing changes state.
private func budgets(_ rates: [Rate], _ budgets: [Budget], _ writes: [Tool]) -> Observation? {
    guard !writes.isEmpty else { return nil }
    var share = ToolShare()
    var (rated, bounded) = (0, 0)
    for tool in writes {
        let counting = budgets.filter { $0.counts(tool.facts) }
        var parts = [rates.contains { $0.counts(tool.facts) }, counting.contains { !$0.isMoney }]
        if parts[0] { rated += 1 }
        if tool.risk.categories.contains(.financial) { parts.append(counting.contains(where: \.isMoney)) }
        if !counting.isEmpty { bounded += 1 }
        share.add(Double(parts.count(where: { $0 })) / Double(parts.count), weight: tool.risk.weight)
    }
    return Observation(
        .budgets, share.value, .configuration,
        "of \(writes.count) tools that change state rates count calls of \(rated), budgets what \(bounded) of them do")
}

/// Whether a call of the tool can happen without a human: 0 where it certainly can for somebody, 0.5 where a condition
/// decides, 1 where nobody can.
private func gate(_ tool: Tool, _ policy: Policy, _ people: [Somebody]) -> Double {
    var worst = 1.0
    for somebody in people {
        let facts = Facts(somebody, tool)
        guard policy.rules.contains(where: { $0.effect == .allow && $0.applies(to: facts) != .no }),
            !policy.rules.contains(where: { $0.effect != .allow && $0.applies(to: facts) == .yes })
        else { continue }
        let decision = decide(policy, facts)
        if decision.isCertain {
            if decision.effect == .allow { return 0 }
            continue
        }
        worst = 0.5
    }
    return worst
}

/// Whether somebody may do everything that changes state without asking.
private func hasWildcard(_ policy: Policy, _ tools: [Tool], _ people: [Somebody]) -> Bool {
    let writes = tools.filter { !$0.isRead }
    guard writes.count > 1 else { return false }
    return people.contains { somebody in
        writes.allSatisfy { tool in
            let decision = decide(policy, Facts(somebody, tool))
            return decision.effect == .allow && decision.isCertain
        }
    }
}

/// Tries the addresses that a source must not lead to.
private func addressGuard(_ sources: [SourceSettings]) -> Observation {
    let forbidden = ["169.254.169.254", "127.0.0.1", "10.0.0.1", "192.168.0.1", "::1", "fd00:ec2::254"]
    var opened: [String] = []
    for source in sources {
        let rule = AddressRule(allowed: source.allowAddresses)
        for address in forbidden.compactMap({ IPAddress($0) }) where rule.objection(to: address) == nil {
            opened.append("\(source.name) → \(address)")
        }
    }
    return Observation(
        .addressGuard, opened.isEmpty ? 1 : 0.5, .probe,
        opened.isEmpty
            ? "no source reaches private, loopback or metadata addresses"
            : "named ranges open \(opened.prefix(3).joined(separator: ", "))")
}

/// How far tools pass, each by the harm that it can do.
private func overTools(
    _ control: Control, _ tools: [Tool], _ source: Observation.Source, _ words: (_ passing: String) -> String,
    _ result: (Tool) -> Double
) -> Observation {
    var share = ToolShare()
    var passing = 0
    for tool in tools {
        let result = result(tool)
        share.add(result, weight: tool.risk.weight)
        if result == 1 { passing += 1 }
    }
    return Observation(control, share.value, source, words("\(passing) of \(tools.count)"))
}

extension Facts {
    /// Before anything is known of the call.
    fileprivate init(_ somebody: Somebody, _ tool: Tool) {
        self.init(
            user: somebody.user, agent: somebody.agent, tenant: somebody.tenant, roles: somebody.roles,
            tool: tool.facts, arguments: .unknown, minuteOfDay: .unknown)
    }
}

/// What in the texts that agents are shown of a tool is not meant for a reader.
private func flaws(of tool: Tool, _ known: inout KnownTexts) -> [TextFlaw] {
    var flawed: [String: [TextFlaw]] = [:]
    known.look(at: tool.title ?? "", &flawed)
    known.look(at: tool.description, &flawed)
    known.look(atSchema: tool.inputSchema, &flawed)
    if let answer = tool.answer { known.look(atSchema: answer.schema, &flawed) }
    return flawed.sorted { $0.key < $1.key }.flatMap(\.value)
}

extension Tool {
    /// The tool's own words, with what is judged from them. What stands in for a description is none.
    package func ownWords(_ flaws: [TextFlaw]) -> OwnWords {
        let words = description.split(separator: " ")
        let isStandIn = title == nil && words.count == 2 && words[1].hasPrefix("/")
        return OwnWords(
            summary: title ?? "", description: isStandIn ? "" : description, risk: risk, flaws: flaws)
    }

    package var declaresAnswer: Bool { answer.map { SchemaView.namesFields($0.schema) } ?? false }
}
