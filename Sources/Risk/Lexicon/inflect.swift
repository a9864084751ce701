/// The third person of a verb, which is the plural of a noun: fetches, copies, runs.
func thirdPerson(of word: String) -> String {
    let bytes = Array(word.utf8)
    guard let last = bytes.last else { return word }
    let before = bytes.dropLast().last
    switch last {
    case UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "z"): return word + "es"
    case UInt8(ascii: "h") where before == UInt8(ascii: "c") || before == UInt8(ascii: "s"): return word + "es"
    case UInt8(ascii: "o") where before.map(isVowel) != true: return word + "es"
    case UInt8(ascii: "y") where before.map(isVowel) != true: return String(word.dropLast()) + "ies"
    default: return word + "s"
    }
}

/// The past forms of a verb, regular or not: deleted, sent, written and wrote.
func pastForms(of verb: String) -> [String] {
    if let forms = irregularPasts[verb] { return forms }
    let bytes = Array(verb.utf8)
    guard let last = bytes.last else { return [] }
    switch last {
    case UInt8(ascii: "e"): return [verb + "d"]
    case UInt8(ascii: "y") where bytes.dropLast().last.map(isVowel) != true: return [String(verb.dropLast()) + "ied"]
    default: return doublesLast(bytes) ? [doubled(verb) + "ed", verb + "ed"] : [verb + "ed"]
    }
}

/// The -ing form of a verb: deleting, running, tying.
func gerund(of verb: String) -> String {
    let bytes = Array(verb.utf8)
    if bytes.last == UInt8(ascii: "e"), bytes.count > 2, bytes.dropLast().last != UInt8(ascii: "e") {
        return String(verb.dropLast()) + "ing"
    }
    return (doublesLast(bytes) ? doubled(verb) : verb) + "ing"
}

private func isVowel(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u")].contains(byte)
}

/// Whether a verb is short enough to double its last consonant: drop, submit, transfer.
private func doublesLast(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 3 else { return false }
    let end = Array(bytes.suffix(3))
    let kept: [UInt8] = [UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "y")]
    guard !isVowel(end[2]), isVowel(end[1]), !isVowel(end[0]), !kept.contains(end[2]) else { return false }
    return bytes.count == 3 || bytes.count == 4 || doublingVerbs.contains(String(decoding: bytes, as: UTF8.self))
}

private func doubled(_ verb: String) -> String {
    verb.last.map { verb + String($0) } ?? verb
}

private let doublingVerbs: Set<String> = [
    "submit", "transfer", "refer", "commit", "permit", "admit", "remit", "cancel", "label", "model", "rebut",
    "unplug", "unwrap", "format", "program", "deploy", "forget", "reset", "escheat", "input", "output",
]

private let irregularPasts: [String: [String]] = [
    "send": ["sent"], "resend": ["resent"], "set": ["set"], "put": ["put"], "read": ["read"], "get": ["got"],
    "write": ["wrote", "written"], "overwrite": ["overwrote", "overwritten"], "rewrite": ["rewrote", "rewritten"],
    "run": ["ran", "run"], "rerun": ["reran"], "make": ["made"], "give": ["gave", "given"], "take": ["took", "taken"],
    "find": ["found"], "pay": ["paid"], "repay": ["repaid"], "sell": ["sold"], "buy": ["bought"], "lend": ["lent"],
    "withdraw": ["withdrew", "withdrawn"], "freeze": ["froze", "frozen"], "unfreeze": ["unfroze", "unfrozen"],
    "break": ["broke", "broken"], "hide": ["hid", "hidden"], "shut": ["shut"], "cut": ["cut"], "reset": ["reset"],
    "upset": ["upset"], "split": ["split"], "burn": ["burnt", "burned"], "forget": ["forgot", "forgotten"],
    "undo": ["undid", "undone"], "redo": ["redid", "redone"], "do": ["did", "done"], "show": ["showed", "shown"],
    "see": ["saw", "seen"], "hold": ["held"], "leave": ["left"], "lose": ["lost"], "begin": ["began", "begun"],
    "bind": ["bound"], "unbind": ["unbound"], "build": ["built"], "rebuild": ["rebuilt"], "choose": ["chosen"],
    "draw": ["drew", "drawn"], "speak": ["spoke"], "tell": ["told"], "bid": ["bid"], "cast": ["cast"],
    "broadcast": ["broadcast"], "forbid": ["forbade", "forbidden"], "override": ["overrode", "overridden"],
    "understand": ["understood"], "browse": ["browsed"], "kill": ["killed"], "shred": ["shredded"], "spin": ["spun"],
    "swing": ["swung"], "wake": ["woken"], "tear": ["torn"], "unset": ["unset"], "teach": ["taught"],
]
