/// Evidence for and against "it only reads", weighed.
///
/// Every field adds a weight; only a sum of ``needed`` makes a read, so what nothing is known about is a side effect.
/// Verbs that change weigh more than verbs that read: in doubt it is a change.
struct Balance {
    static let needed = 2

    private(set) var sum = 0
    private(set) var grounds: [(weight: Int, text: String)] = []

    mutating func add(_ weight: Int, _ text: @autoclosure () -> String) {
        guard weight != 0 else { return }
        sum += weight
        grounds.append((weight, text()))
    }

    var reads: Bool { sum >= Self.needed }

    /// The grounds as evidence for the level, the heaviest first.
    var reasons: [Risk.Reason] {
        let side = grounds.filter { reads ? $0.weight > 0 : $0.weight < 0 }.sorted { abs($0.weight) > abs($1.weight) }
        let other = grounds.filter { reads ? $0.weight < 0 : $0.weight > 0 }
        guard !side.isEmpty else { return [Risk.Reason(.level, "nothing says that it only reads")] }
        return side.prefix(4).map { Risk.Reason(.level, $0.text) }
            + other.prefix(2).map { Risk.Reason(.level, "although \($0.text)") }
    }

    /// The weightiest word that says that something is changed, the method aside.
    var strongestChange: String? {
        grounds.filter { $0.weight < 0 && !$0.text.hasPrefix("method") }.min { $0.weight < $1.weight }?.text
    }

    /// How sure the level is: how far the sum is from the border, and whether anything contradicts it.
    func confidence(contradicted: Bool) -> (value: Risk.Confidence, reason: String) {
        if grounds.isEmpty { return (.low, "no word that is understood") }
        if contradicted { return (.low, "the sources contradict each other") }
        let distance = reads ? sum - Self.needed : Self.needed - sum
        let agreeing = grounds.count { ($0.weight > 0) == reads }
        let shown = "\(agreeing) of \(grounds.count) grounds agree"
        if distance >= 4 { return (.high, shown) }
        return (distance >= 1 ? .medium : .low, shown)
    }

    init(_ readings: Readings) {
        addMethod(readings)
        // A GET that exports reads all the same.
        let isExport = { (reading: Reading) in
            readings.readsByMethod && reading.act.contains(.exports)
                && reading.act.isSubset(of: [.exports, .creates, .destroys, .unsure, .updates, .inspects])
        }
        addName(readings.name, "name", isExport: isExport(readings.name), readsByMethod: readings.readsByMethod)
        // A title repeats the name in other words.
        if readings.name.isEmpty {
            addName(readings.title, "title", isExport: isExport(readings.title), readsByMethod: readings.readsByMethod)
        } else if readings.title.acts.isChange || readings.title.act == .generates, !readings.name.acts.isChange {
            add(-2, "title says \(quoted(readings.title.verb))")
        }
        // "Verify one-time password": a step of signing in, not a look.
        if readings.name.act == .unsure, readings.name.words.contains(where: { $0.topic.contains(.credential) }) {
            add(-2, "name says \(quoted(readings.name.verb)) of a credential")
        }
        if readings.title.namesAnswer { add(2, "title names an answer") }
        addPath(readings.path, isExport: isExport(readings.path))
        addText(readings.text, readings)
        addAgreement(readings)
        addComputed(readings)
        addScopes(readings)
        addFields(readings)
        if mintsCredential(readings) { add(-5, "it hands out a fresh credential") }
    }

    /// What a POST says twice: in two of name, path and description, or in two sentences where the first two say nothing.
    private mutating func addAgreement(_ readings: Readings) {
        let read = [readings.name, readings.path, readings.text]
        guard readings.method == "POST", !readings.acts.isChange else { return }
        let said = read.filter { !$0.isEmpty && $0.certainty == .clear && !$0.act.contains(.unsure) }
        let verbs = said.compactMap { Lexicon.shared[$0.verb]?.lemma }
        let isSaidTwice = readings.text.repeatsRead || readings.title.acts.isRead
        if verbs.count == 2, verbs[0] == verbs[1], said[0].act.contains(.inspects),
            !readings.text.isEmpty || Self.reckons.contains(verbs[0])
        {
            add(1, "two sources say \(quoted(verbs[0]))")
        } else if readings.name.isEmpty, readings.path.isEmpty, verbs.count == 1, said[0].act.isRead, isSaidTwice {
            add(2, "two sentences say that it reads")
        } else if said.count == 1, readings.subject.description.isEmpty, readings.path.isEmpty,
            readings.name.act.isRead,
            Lexicon.shared[readings.name.verb]?.isNounToo == false
        {
            add(2, "nothing says more than \(quoted(readings.name.verb))")
        }
    }

    /// Verbs that work out an answer and keep nothing.
    private static let reckons: Set<String> = [
        "check", "calculate", "estimate", "compare", "count", "compute", "detect", "infer", "predict",
    ]

    /// What a POST works out and hands back, where no word says that anything is kept.
    private mutating func addComputed(_ readings: Readings) {
        guard readings.method == "POST", !readings.acts.isChange, readings.text.saysAnswer else { return }
        add(2, "description says what comes back")
        // "Generates a report. Returns …": made and handed over, not kept.
        if readings.text.act == .generates, readings.name.words.contains(where: { $0.topic.contains(.answer) }) {
            add(6, "what it makes is an answer")
        }
    }

    /// What the credential must allow: "orders:read" for a look, "orders.write" for a change.
    private mutating func addScopes(_ readings: Readings) {
        let scopes = readings.subject.securityScopes.prefix(16).map { words(of: $0, limit: 120) }
        guard !scopes.isEmpty, !readings.readsByMethod else { return }
        let writing: Set<String> = [
            "write", "readwrite", "manage", "admin", "edit", "create", "update", "delete", "full", "modify",
        ]
        let reading: Set<String> = ["read", "readonly", "view", "viewer"]
        let writes = scopes.first { $0.contains { writing.contains($0.text) } }
        if let writes {
            add(-2, "security scope says \(quoted(writes.last?.text ?? ""))")
        } else if scopes.allSatisfy({ $0.contains { reading.contains($0.text) } }) {
            add(2, "security scopes only read")
        }
    }

    /// A body that filters and pages is a question.
    private mutating func addFields(_ readings: Readings) {
        guard readings.method == "POST", !readings.acts.isChange else { return }
        let questions: Set<String> = [
            "query", "filter", "filters", "limit", "offset", "page", "cursor", "sort", "page_size", "pagesize",
            "order_by", "fields",
        ]
        let found = readings.subject.fields.prefix(Readings.mostFields).filter {
            questions.contains($0.name.lowercased())
        }
        guard let first = found.first else { return }
        add(1, "body has \(quoted(first.name))")
    }

    /// "Get temporary credentials" issues them; the GET of a stored one only reads.
    private func mintsCredential(_ readings: Readings) -> Bool {
        guard !readings.readsByMethod, readings.name.verb != "list", readings.name.verb != "describe" else {
            return false
        }
        let words = readings.name.words
        let isIssued =
            words.contains { $0.text == "credentials" || $0.text == "presigned" }
            || words.contains { $0.text == "upload" } && words.contains { $0.text == "url" || $0.text == "urls" }
        return isIssued || readings.method == "POST" && words.last?.entry?.lemma == "token"
    }

    private mutating func addMethod(_ readings: Readings) {
        switch readings.method {
        case "GET", "HEAD", "OPTIONS", "QUERY": add(3, "method \(readings.method)")
        case "PUT", "PATCH", "DELETE": add(-20, "method \(readings.method)")
        case "POST": add(-3, "method POST")
        case "": break
        default: add(-3, "an unusual method")
        }
    }

    private mutating func addName(_ reading: Reading, _ field: String, isExport: Bool, readsByMethod: Bool) {
        if !reading.isEmpty {
            let isClear = reading.certainty == .clear
            let likelyChange = readsByMethod ? -1 : -2
            let said = "\(field) says \(quoted(reading.verb))"
            if reading.act.contains(.destroys) {
                add(isClear ? -7 : -4, said)
            } else if reading.asksOnly {
                add(0, said)
            } else if isExport {
                add(-1, said)
            } else if reading.act.isChange {
                add(isClear ? -4 : likelyChange, said)
            } else if reading.act.contains(.reads) {
                add(isClear && !reading.act.contains(.unsure) ? 3 : 1, said)
            } else if reading.act.contains(.inspects) {
                add(isClear && !reading.act.contains(.unsure) ? 2 : 1, said)
            } else if reading.act.contains(.generates) {
                add(-2, said)
            }
        } else if reading.namesState {
            add(2, "\(field) ends in \(quoted(reading.words.last?.text ?? ""))")
        }
        if reading.more.contains(.generates) { add(-2, "\(field) also says \(quoted("generate"))") }
        if reading.more.isChange { add(-6, "\(field) also says \(quoted(reading.moreVerb))") }
    }

    private mutating func addPath(_ reading: Reading, isExport: Bool) {
        guard !reading.isEmpty else { return }
        let isClear = reading.certainty == .clear
        let said = "path ends in \(quoted(reading.verb))"
        if reading.asksOnly {
            add(0, said)
        } else if isExport {
            add(0, said)
        } else if reading.act.isChange {
            add(isClear ? -3 : -1, said)
        } else if reading.act.contains(.reads) || reading.act.contains(.inspects) {
            add(isClear ? 2 : 1, said)
        }
        if reading.more.isChange { add(-6, "path also says \(quoted(reading.moreVerb))") }
    }

    private mutating func addText(_ reading: Reading, _ readings: Readings) {
        let isPost = readings.method == "POST"
        if !reading.isEmpty {
            let said = "description begins with \(quoted(reading.verb))"
            let name = readings.name
            let nameReads =
                name.certainty == .clear && !name.act.isChange && !name.act.isDisjoint(with: [.reads, .inspects])
            let lemma = Lexicon.shared[reading.verb]?.lemma
            if lemma == "return", name.words.contains(where: { $0.text == "return" }) {
                // "Return a submission" gives it back.
                add(0, said)
            } else if reading.asksOnly {
                add(1, said)
            } else if reading.isVague, nameReads {
                add(-1, said)
            } else if readings.readsByMethod,
                reading.act.isSubset(of: [.exports, .inspects, .unsure, .creates, .destroys]),
                reading.act.contains(.exports)
            {
                add(0, said)
            } else if reading.act.isChange {
                add(reading.act.contains(.destroys) ? -4 : -3, said)
            } else if reading.act.contains(.reads) {
                add(3, said)
                if isPost, name.asksOnly || name.act.contains(.unsure) && !name.act.isChange {
                    add(2, "name says \(quoted(name.verb)), which changes nothing by itself")
                }
            } else if reading.act.contains(.inspects) {
                // "Simulates", "analyzes": saying it twice makes it no plainer.
                add(reading.act.contains(.unsure) ? (name.act.contains(.unsure) ? 0 : 1) : 2, said)
            } else if reading.act.contains(.generates) {
                add(-1, said)
            }
        } else if reading.namesAnswer {
            add(2, "description names an answer")
        } else if !readings.subject.description.isEmpty, readings.name.act.isSubset(of: [.inspects, .unsure]) {
            add(-1, "the description is not understood")
        }
        if reading.more.isChange {
            add(reading.more.contains(.destroys) ? -6 : -4, "description also says \(quoted(reading.moreVerb))")
        }
        if reading.claimsReadOnly, !reading.acts.isChange { add(1, "description says that nothing is changed") }
        if reading.loss != nil { add(-2, "description speaks of loss") }
    }
}
