/// Which kinds of harm are at stake, each with its evidence.
struct Categories {
    private(set) var found: [(category: Risk.Category, text: String)] = []
    /// Why the level is critical; nil when nothing says so.
    private(set) var critical: String?
    /// Why nobody should have such a tool unless an operator says so; nil when nothing says so.
    private(set) var never: String?
    /// What says that it destroys; nil when nothing does.
    private(set) var destruction: String?
    /// What cannot be taken back; nil when nothing says so.
    private(set) var irreversible: String?

    private let readings: Readings
    private let changes: Bool

    init(_ readings: Readings, changes: Bool) {
        self.readings = readings
        self.changes = changes
        addDestructive()
        addAdministrative()
        addCredential()
        addFinancial()
        addBulk()
        addDeployment()
        addCommunication()
        found.sort { $0.category < $1.category }
    }

    private mutating func add(_ category: Risk.Category, _ texts: [String]) {
        found.append((category, texts.prefix(3).joined(separator: "; ")))
    }

    // MARK: - Destroying

    private mutating func addDestructive() {
        guard changes else { return }
        var texts: [String] = []
        for (field, reading) in readings.all where field != "path" || reading.certainty == .clear {
            if reading.act.contains(.destroys) {
                texts.append("\(field) says \(quoted(reading.verb))")
            } else if field != "description", reading.act.isChange, Lexicon.shared[reading.verb]?.lemma == "write",
                readings.name.words.contains(where: { Self.contents.contains($0.entry?.lemma ?? $0.text) })
            {
                texts.append("\(field) says \(quoted(reading.verb)), which may overwrite")
            } else if reading.more.contains(.destroys) {
                texts.append("\(field) also says \(quoted(reading.moreVerb))")
            }
        }
        if readings.method == "DELETE" { texts.append("method DELETE") }
        // "StartBatchDeleteTask", "schedule_key_deletion".
        if texts.isEmpty, let word = readings.objects.first(where: { $0.isPlainVerb && $0.act.contains(.destroys) }) {
            texts.append("name says \(quoted(word.text))")
        }
        if let word = readings.objects.first(where: { $0.topic.contains(.removal) }), readings.acts.isChange {
            texts.append("name says \(quoted(word.text))")
        }
        if let loss = readings.text.loss { texts.append("description says \"\(loss)\"") }
        if let program = runsProgram { texts.append(program) }
        guard !texts.isEmpty else { return }
        add(.destructive, texts)
        critical = critical ?? "it destroys"
        irreversible = texts[0]
        destruction = texts[0]
    }

    /// What is overwritten as a whole when it is written.
    private static let contents: Set<String> = [
        "file", "files", "content", "secret", "document", "pdf", "text", "blob", "value", "disk", "memory", "comment",
        "data", "page", "block", "register",
    ]

    /// What the caller writes is run: it may do anything.
    private var runsProgram: String? {
        for (field, reading) in readings.all where reading.act.contains(.executes) && field != "path" {
            let words = field == "description" ? Array(reading.words.prefix(10)) : reading.words
            if field == "name", ["call", "execute", "invoke", "run"].contains(reading.verb),
                let word = words.first(where: { ["api", "apis", "tool", "tools"].contains($0.text) })
            {
                return "name says \(quoted(reading.verb)) of any \(quoted(word.text)) that the caller names"
            }
            if field == "name", reading.verb == "exec" { return "name says \(quoted("exec"))" }
            if let word = words.first(where: { $0.topic.contains(.program) }) {
                return "\(field) says \(quoted(reading.verb)) of a \(quoted(word.text)) that the caller writes"
            }
        }
        return nil
    }

    // MARK: - Rights and protection

    private mutating func addAdministrative() {
        guard changes else { return }
        var texts: [String] = []
        for (field, reading) in readings.all where reading.acts.contains(.grants) && field != "description" {
            texts.append("\(field) says \(quoted(reading.act.contains(.grants) ? reading.verb : reading.moreVerb))")
        }
        for (field, words) in readings.nouns {
            if let word = identityNoun(words) { texts.append("\(field) is about \(quoted(word))") }
            if let word = words.first(where: { $0.topic.contains(.security) }) {
                texts.append("\(field) is about \(quoted(word.text))")
            }
            if let place = words.firstIndex(where: { $0.text == "security" }),
                words[place...].contains(where: { $0.topic.contains(.setting) })
            {
                texts.append("\(field) is about security settings")
            }
        }
        // What only adds to such a service need not be about rights.
        let onlyAdds = texts.isEmpty && readings.name.act.isSubset(of: [.creates, .keys])
        if let word = readings.service.first(where: { $0.topic.contains(.identityService) }) {
            texts.append("the service is about \(quoted(word.text))")
        }
        guard !texts.isEmpty else { return }
        add(.administrative, texts)
        if onlyAdds { return }
        critical = critical ?? "it changes who may do what"
        never = never ?? "users, roles and security settings"
    }

    private func identityNoun(_ words: [Word]) -> String? {
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : nil
            let previous = index > 0 ? words[index - 1] : nil
            if word.topic.contains(.identity) {
                if word.entry?.lemma == "user",
                    next?.topic.contains(.ofUser) == true || previous?.topic.contains(.own) == true
                {
                    continue
                }
                return word.text
            }
            guard word.topic.contains(.identityBesideOther) else { continue }
            switch word.entry?.lemma {
            case "policy":
                if !words.contains(where: {
                    $0.topic.contains(.harmless) && !$0.topic.contains(.secretKind) && $0.entry?.lemma != "resource"
                        && $0.entry?.lemma != "layer"
                }) {
                    return word.text
                }
            case "group":
                // "CreateGroup" and "AddMemberToGroup", but no log group and no target group.
                if previous == nil || previous?.isVerb(.base) == true && previous?.topic.isEmpty == true
                    || previous?.plays(.preposition) == true
                {
                    return word.text
                }
            case "access":
                if readings.name.act.isSubset(of: [.creates]) { break }
                if next == nil || next?.topic.contains(.setting) == true || next?.plays(.preposition) == true
                    || ["policy", "rule", "level", "control"].contains(next?.entry?.lemma ?? "")
                {
                    return word.text
                }
            default: break
            }
        }
        return nil
    }

    // MARK: - Secrets

    private mutating func addCredential() {
        var texts: [String] = []
        for (field, words) in readings.nouns {
            if let word = secretNoun(words) { texts.append("\(field) is about \(quoted(word))") }
        }
        if changes {
            for (field, reading) in readings.all where reading.act.contains(.keys) && field != "description" {
                if reading.words.contains(where: { $0.text == "key" || $0.text == "keys" }) {
                    texts.append("\(field) says \(quoted(reading.verb)) of a key")
                }
            }
        }
        let isNamed = !texts.isEmpty
        if changes, let field = readings.subject.fields.prefix(Readings.mostFields).first(where: holdsSecret) {
            texts.append("body has \(quoted(field.name))")
        }
        let answers = readings.subject.answerFields.prefix(Readings.mostFields).first(where: holdsSecret)
        if let answers { texts.append("answer has \(quoted(answers.name))") }
        guard !texts.isEmpty else { return }
        add(.credential, texts)
        if changes, isNamed {
            critical = critical ?? "it changes credentials"
            never = never ?? "credentials"
        } else if answers != nil || readsSecretValue {
            never = never ?? "it shows a secret"
        }
    }

    /// A field that holds a secret itself, not its name, its place or its age.
    private func holdsSecret(_ field: RiskSubject.Field) -> Bool {
        if field.format == "password" { return true }
        guard field.type != "boolean", field.type != "integer", field.type != "number" else { return false }
        let words = words(of: field.name)
        guard let last = words.last, secretNoun(words) != nil else { return false }
        return last.topic.contains(.credential) || last.text == "key" || last.text == "keys"
    }

    /// Words that say that tokens are counted, not held.
    private static let amounts: Set<String> = ["count", "limit", "max", "usage", "number"]

    private func secretNoun(_ words: [Word]) -> String? {
        for (index, word) in words.enumerated() {
            let previous = index > 0 ? words[index - 1] : nil
            if word.entry?.lemma == "key" || word.text == "key" || word.text == "keys" {
                if let previous, previous.topic.contains(.secretKind) { return "\(previous.text) \(word.text)" }
                continue
            }
            guard word.topic.contains(.credential) else { continue }
            let isPlace =
                word.entry?.lemma == "token"
                && (previous?.topic.contains(.cursorKind) == true
                    || (readings.name.words + words).contains { Self.amounts.contains($0.text) })
            if !isPlace { return word.text }
        }
        return nil
    }

    private var readsSecretValue: Bool {
        let verb = readings.name.verb.isEmpty ? readings.text.verb : readings.name.verb
        guard
            ["get", "read", "fetch", "retrieve", "reveal", "obtain", "download", "export", "show"].contains(
                Lexicon.shared[verb]?.lemma ?? "")
        else { return false }
        guard let last = readings.objects.last(where: { !$0.plays(.preposition) }) else { return false }
        return last.topic.contains(.credential) && last.entry?.lemma != "certificate" && last.entry?.lemma != "cert"
            || last.text == "value" && secretNoun(readings.objects) != nil
            || last.text == "key" && secretNoun(readings.objects) != nil
    }

    // MARK: - Money

    private mutating func addFinancial() {
        var texts: [String] = []
        for (field, words) in readings.nouns where field != "description" {
            if let word = words.first(where: { $0.topic.contains(.money) || $0.topic.contains(.billing) }) {
                texts.append(
                    field == "path"
                        ? "path ends in \(quoted("/" + word.text))" : "\(field) is about \(quoted(word.text))")
            }
        }
        if changes {
            for (field, reading) in readings.all
            where reading.acts.contains(.pays) && field != "description" && texts.isEmpty {
                texts.append("\(field) says \(quoted(reading.act.contains(.pays) ? reading.verb : reading.moreVerb))")
            }
            let names = readings.subject.fields.prefix(Readings.mostFields).map { words(of: $0.name) }
            let amounts = names.filter { $0.contains { ["amount", "currency", "iban"].contains($0.text) } }
            if !amounts.isEmpty {
                let shown = amounts.prefix(2).map { $0.map(\.text).joined(separator: "_") }
                texts.append("body has \(shown.map(quoted).joined(separator: " and "))")
            }
        }
        guard !texts.isEmpty else { return }
        add(.financial, texts)
        guard changes else { return }
        irreversible = irreversible ?? "money moves"
        let isSetting = readings.nouns.contains { field, words in
            field != "description"
                && (words.contains { $0.topic.contains(.billing) && $0.text != "billing" }
                    || words.contains { $0.topic.contains(.billing) } && words.contains { $0.topic.contains(.setting) })
        }
        if isSetting {
            critical = critical ?? "it changes how money is paid"
            never = never ?? "payment methods and billing settings"
        }
    }

    // MARK: - Many at once

    private mutating func addBulk() {
        let names = readings.name.words + readings.title.words
        let many =
            (names + readings.lastPathWords).first {
                $0.topic.contains(.many) && $0.text != "all" && $0.text != "multi" && $0.text != "every"
            }
            ?? readings.name.words.first { $0.text == "all" }
        let exports = [("name", readings.name), ("path", readings.path)].first {
            $0.1.act.contains(.exports)
                && !["archive", "backup", "sync", "mirror", "replicate"].contains(
                    Lexicon.shared[$0.1.verb]?.lemma ?? "")
        }
        if let exports, !exportsOne {
            add(.bulk, ["\(exports.0) says \(quoted(exports.1.verb))"])
            critical = changes ? critical ?? "it copies everything out" : critical
            never = never ?? "a full export"
            irreversible = changes ? irreversible ?? "what was exported is out" : irreversible
            return
        }
        guard changes else { return }
        var texts: [String] = []
        if let many { texts.append("name says \(quoted(many.text))") }
        let mayDestroy = found.contains { $0.category == .destructive }
        let adding: Act = [.creates, .sends, .executes, .exports]
        let onlyAdds = { (act: Act) in
            !act.isDisjoint(with: adding) && act.isDisjoint(with: [.updates, .destroys, .manages])
        }
        let adds = onlyAdds(readings.name.act) || !readings.name.act.isChange && onlyAdds(readings.text.act)
        if texts.isEmpty, readings.text.many, !adds || mayDestroy { texts.append("description speaks of many at once") }
        if let campaign = names.first(where: { $0.topic.contains(.campaign) }),
            !readings.acts.isDisjoint(with: [.sends, .executes, .creates]),
            readings.acts.contains(.sends) || readings.acts.contains(.executes) || readings.name.verb == "schedule"
        {
            texts.append("name is about \(quoted(campaign.text))")
        }
        guard !texts.isEmpty else { return }
        add(.bulk, texts)
        if adds, !mayDestroy, !texts.contains(where: { $0.hasPrefix("name is about") }) { return }
        critical = critical ?? "it reaches many at once"
        never = never ?? "changes of many at once"
    }

    /// What holds everything that somebody has.
    private static let wholes: Set<String> = [
        "data", "everything", "database", "tenant", "account", "organization", "organisation", "workspace", "company",
        "project", "space", "site", "instance", "store", "catalog", "catalogue", "mailbox", "bucket", "collection",
        "server", "history",
    ]

    /// Whether what is exported is one thing: "/files/{id}/export", "export_document".
    private var exportsOne: Bool {
        let parts = (readings.subject.path ?? "").utf8.prefix(600).split(separator: UInt8(ascii: "/"))
        if parts.count > 1,
            Substring(parts[parts.count - 2]).hasSuffix("}") || Substring(parts[parts.count - 1]).contains("}:")
        {
            return true
        }
        guard let last = readings.objects.last else { return false }
        return !last.text.hasSuffix("s") && !last.topic.contains(.many) && !Self.wholes.contains(last.text)
    }

    // MARK: - What is live

    private mutating func addDeployment() {
        guard changes else { return }
        var texts: [String] = []
        let speaks = readings.objects.contains {
            $0.topic.contains(.message) || ["event", "events", "topic", "queue"].contains($0.text)
        }
        for (field, reading) in readings.all
        where reading.act.contains(.deploys) && field != "description" && reading.certainty == .clear && !speaks {
            texts.append("\(field) says \(quoted(reading.verb))")
        }
        if readings.text.act.isChange,
            let word = readings.text.words.prefix(14).first(where: { $0.text == "production" || $0.text == "prod" })
        {
            texts.append("description speaks of \(quoted(word.text))")
        }
        for (field, words) in readings.nouns {
            if let word = words.first(where: { $0.topic.contains(.deployment) }) {
                texts.append("\(field) is about \(quoted(word.text))")
            }
        }
        guard !texts.isEmpty else { return }
        add(.deployment, texts)
        critical = critical ?? "it changes what is live"
    }

    // MARK: - People

    private mutating func addCommunication() {
        guard changes else { return }
        var texts: [String] = []
        for (field, reading) in readings.all
        where reading.act.contains(.sends) && field != "description" && reading.certainty == .clear {
            // "post" is the name of a method before it is what people do.
            if reading.verb == "post", !readings.method.isEmpty || readings.name.words.count > 2 { continue }
            texts.append("\(field) says \(quoted(reading.verb))")
        }
        if texts.isEmpty, !readings.acts.isDisjoint(with: [.creates, .sends, .executes]) {
            for (field, words) in readings.nouns where field != "description" {
                if let word = words.first(where: { $0.topic.contains(.message) }) {
                    texts.append("\(field) is about \(quoted(word.text))")
                }
            }
        }
        let recipients = readings.subject.fields.prefix(Readings.mostFields).first {
            ["recipient", "recipients", "to", "cc", "bcc"].contains($0.name.lowercased())
        }
        if let recipients, !texts.isEmpty || readings.acts.contains(.sends) {
            texts.append("body has \(quoted(recipients.name))")
        }
        guard !texts.isEmpty else { return }
        add(.communication, texts)
        irreversible = irreversible ?? "what was sent cannot be taken back"
    }
}
