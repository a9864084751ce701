/// Reads the name of an operation: which verb is its head, and which others are joined to it.
///
/// A leading verb is the head (`delete_user`), else one behind a prefix or a resource (`acme_delete_user`,
/// `users.delete`, `message_send`). Participles (`get_deleted_items`), plurals (`deployments_list`) and words that are
/// nouns where they stand (`get_order`) are no verbs. Where two readings are possible, the one that changes more is taken.
func readName(_ name: String) -> Reading {
    let all = words(of: name)
    guard !all.isEmpty else { return Reading() }
    let isSentence = all.contains { $0.border == .space }
    var reading = Reading()
    if isSentence {
        reading = readPhrase(all[...], isSentence: true)
    } else {
        // The verb is in the last part of "users.messages.list"; the parts before it say on what.
        var end = all.count
        while end > 0 {
            let start = all[..<end].lastIndex { $0.border == .stop || $0.border == .end } ?? 0
            reading = readPhrase(all[start..<end], isSentence: false)
            if !reading.isEmpty || start == 0 || reading.namesState { break }
            if end < all.count { reading.certainty = .likely }
            end = start
        }
        if end < all.count, !reading.isEmpty { reading.certainty = .likely }
    }
    reading.words = all
    return reading
}

private let questions: Set<String> = ["is", "has", "can", "are", "exists", "does", "whoami"]

/// Verbs that say nothing themselves: what matters is what is run or requested.
let lightVerbs: Set<String> = ["run", "execute", "perform", "do", "submit", "request", "make", "issue"]
/// Verbs that run a program when it is one that they get.
let evaluators: Set<String> = ["evaluate", "eval", "interpret", "process", "handle"]

private func readPhrase(_ words: ArraySlice<Word>, isSentence: Bool) -> Reading {
    var reading = Reading()
    var start = words.startIndex
    while start < words.endIndex - 1, words[start].plays(.modifier) || words[start].plays(.article) {
        if words[start].topic.contains(.many) { reading.many = true }
        start += 1
    }
    guard start < words.endIndex, let head = findHead(words[start...], isSentence: isSentence) else {
        reading.namesState = words.last?.topic.contains(.state) == true
        return reading
    }
    let word = words[head.index]
    reading.act = questions.contains(word.text) ? .reads : word.act
    reading.verb = word.text
    reading.certainty = head.certainty
    for index in words.indices where index > head.index {
        let next = words[index]
        if next.topic.contains(.many) { reading.many = true }
        let before = words[index - 1]
        // "GetOrCreate", "create, update or delete", "Put/Update".
        let isJoined = before.plays(.joint) || isSentence && (next.border == .comma || next.border == .stop)
        guard isJoined, next.isVerb([.base, .third]) else { continue }
        let isRightBehind = index == head.index + 2 || next.border == .stop && index == head.index + 1
        if next.act.contains(.generates) { reading.more.formUnion(.generates) }
        if next.isPlainVerb || isRightBehind || index == words.endIndex - 1 && next.act.isChange {
            reading.more.formUnion(next.act)
            if next.act.isChange || reading.moreVerb.isEmpty { reading.moreVerb = next.text }
        }
    }
    let objects = words[words.index(after: head.index)...]
    let isProgram = objects.contains { $0.topic.contains(.program) }
    reading.asksOnly =
        lightVerbs.contains(word.entry?.lemma ?? "") && objects.last?.topic.contains(.answer) == true && !isProgram
    if isProgram, evaluators.contains(word.entry?.lemma ?? "") { reading.act = .executes }
    return reading
}

/// Verbs that end a name as often as they begin one: deployments_list, file_search.
private let finders: Set<String> = [
    "list", "search", "get", "read", "query", "count", "view", "lookup", "find", "show",
]

/// "page_evaluate" runs what it gets.
private let lastRunners: Set<String> = ["evaluate", "eval"]

private func findHead(_ words: ArraySlice<Word>, isSentence: Bool) -> (index: Int, certainty: Reading.Certainty)? {
    let first = words.startIndex
    let last = words.endIndex - 1
    let lead = words[first]
    if questions.contains(lead.text), last > first || lead.text == "whoami" { return (first, .clear) }
    let isThird = lead.isVerb(.third) && (isSentence && last > first || lead.entry?.isNounToo == false)
    if lead.isVerb(.base) || isThird {
        // "confirm_delete_account" deletes.
        if lead.act == .unsure, last > first, words[first + 1].isPlainVerb, words[first + 1].act.isChange {
            return (first + 1, .clear)
        }
        guard lead.entry?.isNounToo == true, last > first, !isThird else { return (first, .clear) }
        // "order_cancel" cancels and "test_create_user" creates, but "list_deletions" lists. Of two, the one that
        // changes less is never taken.
        let final = words[last]
        if final.isPlainVerb, final.act.isChange || !lead.act.isRead && !lead.act.isChange { return (last, .clear) }
        let next = words[first + 1]
        if lead.text != "list", next.isPlainVerb,
            next.act.isChange || !lead.act.isChange || lead.entry?.isMostlyNoun == true,
            !next.plays(.preposition), last > first + 1
        {
            return (first + 1, .clear)
        }
        guard lead.entry?.isMostlyNoun == true, !isSentence else { return (first, .clear) }
        // "issue_read", "file_search", "post_list_attachments": the noun comes first.
        if final.isVerb(.base), final.entry?.isMostlyNoun == false {
            return (last, lastRunners.contains(final.text) ? .likely : .clear)
        }
        if next.isVerb(.base), next.entry?.isMostlyNoun == false { return (first + 1, .clear) }
        if final.topic.contains(.state), final.entry?.lemma != "version" { return nil }
        return (first, .likely)
    }
    guard last > first else { return nil }
    // Behind a prefix or a resource: the first plain verb or "list", else a last word that may be a verb, else the second.
    if let index = words.indices.first(where: {
        $0 > first && (words[$0].isPlainVerb && !words[$0 - 1].plays(.article) || words[$0].text == "list" && $0 < last)
    }) {
        if index == last, lastRunners.contains(words[index].text) { return (index, .likely) }
        let others = words.contains { $0.isVerb(.base) && $0.act.isChange }
        return (index, index <= first + 2 || index == last || words[index].act.isRead && !others ? .clear : .likely)
    }
    let second = words[first + 1]
    let final = words[last]
    let isBehindPrefix = lead.entry == nil && second.isVerb(.base)
    if isBehindPrefix, last > first + 1, second.act.isRead || second.act.contains(.inspects),
        final.entry?.isMostlyNoun != false || !final.isVerb(.base)
    {
        return (first + 1, second.entry?.isMostlyNoun == true ? .likely : .clear)
    }
    if final.isVerb(.base), final.entry?.isMostlyNoun == false {
        let finds = finders.contains(final.text) && !words.contains { $0.topic.contains(.program) }
        return (last, finds ? .clear : .likely)
    }
    if last > first + 1, second.isVerb(.base) { return (first + 1, .likely) }
    return nil
}
