/// Judges an operation by its method, name, path and fields.
///
/// A plain first form: the method sets the level, verbs in the name or at the end of the path may raise it, and a
/// POST counts as a read only when its leading verb reads. What is not understood is a side effect.
package func classify(_ subject: RiskSubject) -> Risk {
    let name = words(of: subject.name)
    let segments = (subject.path ?? "").split(separator: "/").filter { !$0.hasPrefix("{") }
    let tail = segments.last.map { words(of: String($0)) } ?? []
    let method = subject.method ?? ""
    var evidence: [String] = []

    // Any word that changes something counts, wherever it stands: "check_and_pay" pays.
    let changing = (name + tail).first {
        Vocabulary.destructiveVerbs.contains($0) || Vocabulary.writeVerbs.contains($0)
    }
    let isJoined = name.contains("and") || name.contains("or")
    let verb = name.first { Vocabulary.isVerb($0) } ?? tail.first { Vocabulary.isVerb($0) }
    let reads = verb.map { Vocabulary.readVerbs.contains($0) } ?? false
    let destroys = verb.map { Vocabulary.destructiveVerbs.contains($0) } ?? false
    let writes = verb.map { Vocabulary.writeVerbs.contains($0) } ?? false

    var level: Risk.Level
    var confidence = Risk.Confidence.high
    switch method {
    case "GET", "HEAD", "OPTIONS":
        // Nouns look like verbs ("get_post"), so beside a leading read verb only a joined one counts.
        let leadsWithRead = name.first.map { Vocabulary.readVerbs.contains($0) } ?? false
        let changes = leadsWithRead ? isJoined && changing != nil : destroys || writes || changing != nil
        level = changes ? .sideEffect : .readOnly
        evidence.append("method \(method)")
        if level != .readOnly, let changing { evidence.append("but the name says '\(changing)'") }
    case "DELETE":
        level = .critical
        evidence.append("method DELETE")
    case "POST" where reads && changing == nil:
        level = .readOnly
        confidence = .medium
        evidence.append("method POST, but '\(verb ?? "")' only queries")
    case "POST", "PUT", "PATCH":
        level = .sideEffect
        evidence.append("method \(method)")
    default:
        level = reads ? .readOnly : .sideEffect
        confidence = verb == nil ? .low : .medium
        evidence.append(verb.map { "the name says '\($0)'" } ?? "nothing says that it only reads")
    }

    var categories: Set<Risk.Category> = []
    let destroying = (name + tail).first { Vocabulary.destructiveVerbs.contains($0) }
    if method == "DELETE" || (destroying != nil && level != .readOnly) {
        categories.insert(.destructive)
        if let destroying { evidence.append("'\(destroying)' destroys or ends something") }
    }
    let nouns = Set(name + segments.flatMap { words(of: String($0)) })
    let fields = Set(subject.fields.flatMap { words(of: $0) })
    for (category, known) in Vocabulary.categories {
        let inFields = category == .financial && level != .readOnly ? known.intersection(fields) : []
        let found = known.intersection(nouns).union(inFields).sorted()
        guard let first = found.first else { continue }
        if level == .readOnly && category != .bulk && category != .financial && category != .credential { continue }
        categories.insert(category)
        evidence.append("'\(first)' is \(category.rawValue)")
    }
    if level != .readOnly,
        !categories.isDisjoint(with: [.destructive, .administrative, .credential, .bulk, .deployment])
    {
        level = .critical
    }
    let effect: Risk.Effect =
        level == .readOnly
        ? .none
        : categories.isDisjoint(with: [.destructive, .financial, .communication])
            ? .dataChange : .potentiallyIrreversible
    return Risk(level: level, categories: categories, effect: effect, confidence: confidence, evidence: evidence)
}

extension Vocabulary {
    fileprivate static func isVerb(_ word: String) -> Bool {
        readVerbs.contains(word) || destructiveVerbs.contains(word) || writeVerbs.contains(word)
    }
}
