/// Reads a description: the head verb of its first sentence that has one, what else it says to happen, and what it
/// promises.
///
/// - Parameter name: the words of the operation's name, which some descriptions repeat first.
func readText(_ text: String, name: String = "") -> Reading {
    var reading = Reading()
    let words = textWords(text)
    let name = name.utf8.count <= 100 ? name.lowercased() : ""
    guard !words.isEmpty else { return reading }
    reading.words = words
    var sentences: [Range<Int>] = []
    var start = 0
    for index in words.indices where index > start && words[index].border == .end {
        sentences.append(start..<index)
        start = index
    }
    sentences.append(start..<words.count)
    var headForm: Entry.Form = []
    for (number, range) in sentences.prefix(6).enumerated() {
        let sentence = words[range]
        // "Use this when …. It returns …": a verb that says nothing leaves the word to the next sentence.
        if reading.isEmpty || reading.act == .unsure && number < 3, number < 4 {
            if let head = head(of: sentence, name: name) {
                let word = words[head]
                if !reading.isEmpty, !word.act.contains(.reads),
                    !word.act.isChange || sentence.first?.plays(.subject) != true
                {
                    continue
                }
                reading.act = act(of: sentence, head)
                reading.verb = word.text
                headForm = word.entry?.form ?? []
                reading.asksOnly = asksOnly(sentence[head...])
                reading.isVague = vagueVerbs.contains(word.entry?.lemma ?? "")
                collectMore(sentence[(head + 1)...], form: headForm, into: &reading)
                reading.many = speaksOfMany(sentence, behind: head)
                // "Worksheet: calculate. Recalculate all …": a label, and the sentence that says what happens.
                if number == 0, !reading.act.isChange, head == sentence.endIndex - 1, word.border == .stop,
                    sentences.count > 1,
                    let told = words[sentences[1]].first, told.isVerb([.base, .third]), told.act.isChange,
                    !told.plays(.subject)
                {
                    reading.act = told.act
                    reading.verb = told.text
                    reading.isVague = false
                    reading.asksOnly = false
                    headForm = told.entry?.form ?? []
                }
            } else if number == 0 {
                reading.namesAnswer = namesAnswer(sentence)
                reading.many = speaksOfMany(sentence, behind: nil)
            }
        } else if !reading.isEmpty {
            collectFollowing(sentence, into: &reading)
            if number < 3, !reading.repeatsRead, reading.act.isRead, let again = head(of: sentence, name: name) {
                reading.repeatsRead = words[again].act.isRead
            }
        }
        readClaims(sentence, into: &reading)
        if number > 0, saysAnswer(sentence) { reading.saysAnswer = true }
    }
    return reading
}

/// "Returns the result", "the request returns", "its response includes": what comes back is what it is about.
private func saysAnswer(_ sentence: ArraySlice<Word>) -> Bool {
    let start = sentence.prefix(5)
    guard let verb = start.firstIndex(where: { ["returns", "includes", "contains"].contains($0.text) }) else {
        return false
    }
    if start[verb].text == "returns" {
        return verb == start.startIndex || start[..<verb].contains { $0.plays(.subject) || $0.text == "request" }
    }
    return start[..<verb].contains { $0.text == "response" || $0.text == "result" }
}

/// Where the head verb of a sentence is.
private func head(of sentence: ArraySlice<Word>, name: String) -> Int? {
    var index = sentence.startIndex
    let end = sentence.endIndex
    if sentence[index].plays(.condition) || ["note", "important", "see"].contains(sentence[index].text) { return nil }
    // The name itself, or a label before a colon.
    if sentence[index].text == name, end - index > 1 { index += 1 }
    if let colon = sentence.prefix(6).dropFirst().first(where: { $0.border == .stop })?.text,
        let place = sentence.prefix(6).dropFirst().firstIndex(where: { $0.text == colon && $0.border == .stop }),
        !sentence[index].isVerb([.base, .third])
    {
        index = place
    }
    while index < end - 1,
        sentence[index].plays(.modifier) || sentence[index].plays(.modal) || sentence[index].text.hasSuffix("ly")
    {
        index += 1
    }
    guard index < end else { return nil }
    let first = sentence[index]
    if let permission = sentence[index...].prefix(5).firstIndex(where: {
        $0.text == "permission" || $0.text == "permissions"
    }),
        permission > index, permission + 2 < end, sentence[permission + 1].text == "to"
    {
        return permitted(sentence[(permission + 2)...])
    }
    if let lead = leadIn(sentence[index...]) { return lead }
    if first.text == "to" {
        let next = skipAdverbs(sentence, index + 1)
        return next < end && sentence[next].isVerb(.base) ? next : nil
    }
    if first.isVerb([.base, .third]), !first.plays(.subject) || index + 1 < end && !sentence[index + 1].isVerb(.third) {
        // "List of alerts", "Order details": nouns.
        if first.entry?.isNounToo == true, index + 1 < end, sentence[index + 1].text == "of" { return nil }
        if first.entry?.isNounToo == true, first.isVerb(.third), !first.isVerb(.base), end - index < 3 { return nil }
        return index
    }
    // "This endpoint returns", "The tool lets you delete", "Given an order, returns".
    for next in sentence.indices.dropFirst(index - sentence.startIndex).prefix(12) {
        let word = sentence[next]
        if word.plays(.negation) || word.plays(.condition) { return nil }
        guard next > index, word.isVerb(.third),
            word.entry?.isNounToo == false || word.border == .comma || sentence[next - 1].plays(.subject)
        else { continue }
        let before = sentence[next - 1]
        if before.plays(.article) || before.plays(.preposition) { continue }
        return next
    }
    return nil
}

/// The verb behind "grants permission to": the next one, or the one behind "users to".
private func permitted(_ rest: ArraySlice<Word>) -> Int? {
    let first = skipAdverbs(rest, rest.startIndex)
    if rest[first].isVerb([.base, .third, .gerund]) {
        // "… to enable users to detect".
        if ["enable", "allow", "let", "permit", "help"].contains(rest[first].entry?.lemma ?? ""),
            let to = rest[first...].prefix(5).firstIndex(where: { $0.text == "to" }), to + 1 < rest.endIndex,
            rest[to + 1].isVerb(.base)
        {
            return to + 1
        }
        return first
    }
    for index in rest.indices.prefix(10).dropFirst() where rest[index].isVerb([.base, .third]) {
        let before = rest[index - 1]
        if before.text == "to" || before.text == "operation"
            || rest[index].isVerb(.third) && rest[index].entry?.isNounToo == false
        {
            return index
        }
    }
    return nil
}

private let enablers: Set<String> = [
    "grant", "grants", "control", "controls", "give", "gives", "provide", "provides", "allow", "allows", "let", "lets",
    "enable", "enables", "permit", "permits", "use", "used", "uses", "help", "helps", "ability", "call", "invoke",
    "attempt", "attempts", "try", "tries", "tool", "request", "requests", "permission", "offers", "supports", "method",
    "operation", "endpoint", "api", "can", "utility", "function", "command", "action", "send", "make", "able", "want",
    "wants", "need", "needs", "confirmed", "way", "required",
]

/// "Grants permission to X", "Use this tool when the user wants to X", "This endpoint allows you to X": where X is.
private func leadIn(_ sentence: ArraySlice<Word>) -> Int? {
    let start = sentence.startIndex
    let end = sentence.endIndex
    guard enablers.contains(sentence[start].text) || sentence[start].plays(.article) || sentence[start].plays(.subject)
    else { return nil }
    var enabled = false
    for index in start..<min(end, start + 22) {
        let word = sentence[index]
        if enablers.contains(word.text) { enabled = true }
        if index > start, word.plays(.condition), word.text != "when", word.text != "where" { return nil }
        if index > start, word.border == .stop { return nil }
        // "Lets you delete", "enables X to", "can be used for deleting".
        if index > start, sentence[index - 1].plays(.reader), word.isVerb(.base), !word.plays(.modal), index >= 2,
            index - 2 >= start,
            ["let", "lets", "help", "helps"].contains(sentence[index - 2].text)
        {
            return index
        }
        guard enabled, index > start, word.text == "to" || word.text == "for" else { continue }
        let next = skipAdverbs(sentence, index + 1)
        guard next < end else { return nil }
        if word.text == "to", sentence[next].isVerb(.base),
            sentence[start].isVerb([.base, .third]) == false || isLeadIn(sentence[start..<index])
        {
            return next
        }
        if word.text == "for", sentence[next].isVerb(.gerund), isLeadIn(sentence[start..<index]) { return next }
    }
    return nil
}

/// Whether the words before "to" only introduce: no verb of their own but one that enables.
private func isLeadIn(_ words: ArraySlice<Word>) -> Bool {
    guard let first = words.first else { return false }
    if words.contains(where: { $0.text == "permission" || $0.text == "permissions" || $0.text == "ability" }) {
        return true
    }
    if ["use", "used", "call", "invoke"].contains(first.text) {
        return words.dropFirst().first.map {
            $0.plays(.article) || $0.plays(.subject) || $0.plays(.condition) || $0.text == "when"
        } ?? true
    }
    if ["allow", "allows", "let", "lets", "enable", "enables", "permit", "permits", "help", "helps"].contains(
        first.text)
    {
        return words.dropFirst().contains { $0.plays(.reader) }
    }
    if ["attempt", "attempts", "try", "tries", "request", "requests"].contains(first.text) { return words.count == 1 }
    return !first.isVerb([.base, .third]) || first.plays(.subject)
}

private func skipAdverbs(_ sentence: ArraySlice<Word>, _ index: Int) -> Int {
    var index = index
    while index < sentence.endIndex - 1, sentence[index].plays(.modifier) || sentence[index].text.hasSuffix("ly") {
        index += 1
    }
    return index
}

/// "Check if", "verifies whether", "tests that": a question, whatever the verb.
private func checksWhether(_ sentence: ArraySlice<Word>, _ head: Int) -> Bool {
    let word = sentence[head]
    let isQuestion = ["check", "verify", "test", "determine", "validate", "confirm", "ensure"].contains(
        word.entry?.lemma ?? "")
    guard isQuestion, head + 1 < sentence.endIndex else { return false }
    return ["if", "whether", "that"].contains(sentence[head + 1].text)
}

private func act(of sentence: ArraySlice<Word>, _ head: Int) -> Act {
    let word = sentence[head]
    let lemma = word.entry?.lemma ?? ""
    if checksWhether(sentence, head) || lemma == "return" { return .reads }
    let behind = sentence[head...].dropFirst().prefix(8)
    if lemma == "provide" || lemma == "give", behind.prefix(5).contains(where: { $0.topic.contains(.answer) }) {
        return .reads
    }
    if lemma == "select", behind.contains(where: { $0.text == "from" }) { return .reads }
    if ["retrieve", "download", "fetch", "pull"].contains(lemma), copies(sentence[head...]) {
        return [.creates, .unsure]
    }
    if evaluators.contains(lemma), behind.contains(where: { $0.topic.contains(.program) }) { return .executes }
    return word.act
}

/// "Retrieve the archive from the shelf to a gateway": a copy is made.
private func copies(_ words: ArraySlice<Word>) -> Bool {
    guard let from = words.prefix(16).firstIndex(where: { $0.text == "from" }),
        let to = words[from...].prefix(14).firstIndex(where: { $0.text == "to" }), to + 1 < words.endIndex
    else { return false }
    return words[to + 1].plays(.article) || words[to + 1].text == "local" || words[to + 1].text == "disk"
}

private func asksOnly(_ words: ArraySlice<Word>) -> Bool {
    guard let first = words.first, lightVerbs.contains(first.entry?.lemma ?? "") else { return false }
    let objects = words.dropFirst().prefix(6)
    return objects.contains { $0.topic.contains(.answer) } && !objects.contains { $0.topic.contains(.program) }
}

private func namesAnswer(_ sentence: ArraySlice<Word>) -> Bool {
    let start = sentence.drop { $0.plays(.article) || $0.plays(.modifier) }.prefix(5)
    guard let first = start.first else { return false }
    if ["list", "number", "information", "details", "status", "statistics", "summary", "overview", "metrics"].contains(
        first.text)
    {
        return true
    }
    return false
}

/// Verbs joined to the head in its own sentence and form: "retrieves X and deletes it".
private func collectMore(_ rest: ArraySlice<Word>, form: Entry.Form, into reading: inout Reading) {
    for index in rest.indices {
        let word = rest[index]
        if word.plays(.condition), word.text != "after" { break }
        guard index > rest.startIndex || word.border == .comma else {
            continue
        }
        let before = index > rest.startIndex ? rest[index - 1] : word
        let isJoined =
            before.plays(.joint) || word.border == .comma
            || ["also", "then", "optionally", "will"].contains(before.text)
        guard isJoined, word.isVerb([.base, .third]), !isNegated(rest, index) else { continue }
        let wanted: Entry.Form = form.contains(.third) && !form.contains(.base) ? .third : .base
        let isSame = word.isVerb(wanted)
        let next = index + 1 < rest.endIndex ? rest[index + 1] : nil
        let takesObject =
            next.map { $0.plays(.article) || $0.text == "all" || $0.text == "them" || $0.text == "it" } ?? false
        let isPlain =
            word.entry?.isNounToo == false
            || word.entry?.isMostlyNoun == false && before.plays(.joint)
                && next.map { $0.text.hasSuffix("s") && !$0.isVerb(.third) } == true
        guard isSame && (isPlain || takesObject) else { continue }
        // "Link or unlink", "set or remove": a switch with two sides.
        if index <= rest.startIndex + 1, before.text == "or", word.act.contains(.destroys),
            word.entry?.lemma != "delete"
        {
            continue
        }
        // "To list all teams, send a GET request."
        if ["send", "make", "submit", "issue"].contains(word.entry?.lemma ?? ""),
            rest[index...].prefix(6).contains(where: { $0.text == "request" || $0.text == "requests" })
        {
            continue
        }
        add(word, to: &reading)
    }
}

/// What later sentences say to happen: "It also sends", "The old one is deleted", "This will overwrite".
private func collectFollowing(_ sentence: ArraySlice<Word>, into reading: inout Reading) {
    guard let first = sentence.first, !first.plays(.condition), first.text != "note", first.text != "see" else {
        return
    }
    // "Analyze a repository. Performs operations on it …": the second sentence is about the operation as well.
    if first.isVerb(.third), !first.isVerb(.base), first.entry?.isNounToo == false, first.text != "applies" {
        add(first, to: &reading)
        collectMore(sentence.dropFirst(), form: .third, into: &reading)
    }
    let speaksOfItself = first.plays(.article) || first.plays(.subject)
    guard speaksOfItself else { return }
    for index in sentence.indices.prefix(16).dropFirst() {
        let word = sentence[index]
        if word.plays(.condition) || word.plays(.negation) { return }
        let before = sentence[index - 1]
        if ["also", "then"].contains(before.text) || before.text == "will" && index - sentence.startIndex <= 4,
            word.isVerb([.base, .third]), word.entry?.isNounToo == false
        {
            add(word, to: &reading)
        }
    }
}

private func add(_ word: Word, to reading: inout Reading) {
    // "Creates an order. Adds it to the list." says nothing new.
    guard word.act.isChange, !word.act.isSubset(of: reading.acts) else { return }
    reading.more.formUnion(word.act)
    if reading.moreVerb.isEmpty { reading.moreVerb = word.text }
}

/// "Multiple", "one or more"; "all" only as the object itself: "all fields of one record" are one.
private func speaksOfMany(_ sentence: ArraySlice<Word>, behind head: Int?) -> Bool {
    let start = sentence.prefix(14)
    if says(start, "one", "or", "more")
        || start.contains(where: { ["bulk", "multiple", "many", "mass"].contains($0.text) })
    {
        return true
    }
    guard let head, head + 1 < sentence.endIndex, sentence[head].act.contains(.destroys) else { return false }
    return ["all", "every", "everything", "entire"].contains(sentence[head + 1].text)
}

private func isNegated(_ words: ArraySlice<Word>, _ index: Int) -> Bool {
    words[max(words.startIndex, index - 3)..<index].contains { $0.plays(.negation) }
}

private func says(_ sentence: ArraySlice<Word>, _ phrase: String...) -> Bool {
    guard sentence.count >= phrase.count else { return false }
    for start in sentence.startIndex...(sentence.endIndex - phrase.count) {
        if zip(sentence[start...], phrase).allSatisfy({ $0.text == $1 }) { return true }
    }
    return false
}

private let vagueVerbs: Set<String> = [
    "request", "accept", "send", "invoke", "call", "make", "issue", "submit", "perform", "enable", "allow", "let",
    "provide",
    "take", "give", "permit", "grant", "run", "execute",
]

private let losses: Set<String> = [
    "irreversible", "irreversibly", "permanently", "destructive", "overwrite", "overwrites", "overwritten",
    "unrecoverable",
    "overwriting", "unrecoverably",
]

/// Claims about the effect: "does not modify", "read-only", "cannot be undone".
private func readClaims(_ sentence: ArraySlice<Word>, into reading: inout Reading) {
    for index in sentence.indices {
        let word = sentence[index]
        if word.text == "only", index > sentence.startIndex, sentence[index - 1].text == "read" {
            reading.claimsReadOnly = true
        }
        if word.text == "readonly" { reading.claimsReadOnly = true }
        if losses.contains(word.text), !isNegated(sentence, index), reading.loss == nil { reading.loss = word.text }
        if word.text == "undone" || word.text == "reversed", isNegated(sentence, index) {
            reading.loss = "cannot be \(word.text)"
        }
        if word.text == "replacement", index > sentence.startIndex,
            ["full", "complete", "whole"].contains(sentence[index - 1].text)
        {
            reading.loss = "full replacement"
        }
        if ["modify", "change", "alter", "mutate", "modifying", "changing", "altering"].contains(word.text),
            isNegated(sentence, index)
        {
            reading.claimsReadOnly = true
        }
    }
}
