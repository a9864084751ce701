package import JSON
import Policy
import Risk

/// What is known of the record that a call would change.
package enum KnownRecord: Sendable, Hashable {
    /// The source declares no way to read it.
    case unreadable
    case found(JSONValue)
    /// It could not be read.
    case failed
}

/// Tells what a call would do, and what of the record it speaks of.
///
/// - Parameters:
///   - arguments: without secrets.
/// - Returns: the change, and what of the record has to be the same when the call runs; nil where it was not read.
package func describe(
    _ tool: Tool, _ arguments: JSONObject, _ record: KnownRecord
) -> (change: Change, compared: JSONValue?) {
    let wording = tool.wording
    // What is compared is the record itself, what is shown is without secrets.
    var (value, raw): (JSONValue?, JSONValue?) = (nil, nil)
    if case .found(let found) = record { (value, raw) = (redact(found, of: tool), found) }
    var fields: [Change.Field] = []
    var compared = JSONObject()
    let members = given(arguments, wording)
    for member in members {
        let old = value?[member.key]
        if let raw, wording.verb.keepsRecord {
            compared[member.key] = raw[member.key] ?? .null
            if let same = raw[member.key], same.isEqual(to: member.value) { continue }
        }
        fields.append(
            Change.Field(
                shownName(member.key), old: wording.verb.keepsRecord ? value.map { _ in shown(old ?? .null) } : nil,
                new: shown(member.value)))
    }
    if wording.verb == .delete || wording.verb == .replace {
        // What is taken away.
        let left = (value?.object ?? [:]).filter { member in
            !wording.identity.contains(member.key) && !members.contains { $0.key == member.key }
        }
        fields += left.prefix(12).map { Change.Field(shownName($0.key), old: shown($0.value, limit: 60), new: nil) }
        if left.count > 12 { fields.append(Change.Field("\(left.count - 12) more fields", old: "something", new: nil)) }
    }
    var warnings: [String] = []
    if tool.facts.isFinalDeletion {
        warnings.append("Nothing takes this back: no reversible form and no way to undo it is declared.")
    } else if let undo = tool.undo, undo.isCertain {
        warnings.append("It can be taken back within \(duration(undo.window)).")
    } else if tool.instead != nil {
        warnings.append("It is done in a reversible form.")
    } else if tool.risk.effect == .potentiallyIrreversible {
        warnings.append("This may not be possible to take back.")
    }
    if case .failed = record { warnings.append("What the record holds now could not be read.") }
    if wording.verb == .replace { warnings.append("This replaces the whole record: what is not given is gone.") }
    if hidesCharacters(.object(arguments)) {
        warnings.append("It holds characters that do not show or reorder others. They stand here by their numbers.")
    }
    if value != nil, fields.isEmpty, wording.verb.keepsRecord {
        warnings.append("The record holds these values already.")
    }
    let change = Change(
        title: wording.sentence?.filled(arguments, value) ?? title(tool, arguments, fields, value), fields: fields,
        warnings: warnings)
    // Whatever is deleted or replaced has to be what was shown, as a whole.
    return (change, raw.map { wording.verb == .change ? .object(compared) : $0 })
}

/// What the call says beside which record it means: an object that is the whole body counts by its members.
private func given(_ arguments: JSONObject, _ wording: Wording) -> [JSONObject.Member] {
    arguments.flatMap { member -> [JSONObject.Member] in
        if wording.identity.contains(member.key) { return [] }
        if member.key == wording.body, case .object(let body) = member.value, !body.isEmpty { return Array(body) }
        return [member]
    }
}

private func title(
    _ tool: Tool, _ arguments: JSONObject, _ fields: [Change.Field], _ record: JSONValue?
) -> String {
    let wording = tool.wording
    let names = wording.identity.compactMap { arguments[$0].map { shown($0, limit: 60) } }
    var subject = ([wording.noun] + names).filter { !$0.isEmpty }.joined(separator: " ")
    let label = ["name", "title", "subject", "number", "email"].lazy.compactMap { record?[$0]?.string }.first
    if let label, !arguments.contains(where: { $0.value == .string(label) }) {
        subject += " (\(quoted(label, limit: 60)))"
    }
    switch wording.verb {
    case .change:
        if fields.count == 1, let old = fields[0].old, let new = fields[0].new {
            return "Change \(fields[0].name) of \(subject) from \(old) to \(new)"
        }
        let shown = fields.prefix(3).map(\.name).joined(separator: ", ")
        let more = fields.count > 3 ? " and \(fields.count - 3) more" : ""
        return fields.isEmpty ? "Change \(subject)" : "Change \(shown)\(more) of \(subject)"
    case .delete: return "Delete \(subject)"
    case .replace: return "Replace \(subject)"
    case .create:
        // What is long stands in the table.
        let first = fields.filter { ($0.new ?? "").unicodeScalars.count <= 40 }.prefix(3).map {
            "\($0.name) \($0.new ?? "")"
        }.joined(separator: ", ")
        let parent = names.isEmpty ? "" : " for \(names.joined(separator: ", "))"
        return "Create \(wording.noun)\(parent)" + (first.isEmpty ? "" : ": \(first)")
    case .other:
        let words = tool.name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
            + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
    }
}

/// Whether any text of a value, or the name of any field, has what does not show.
private func hidesCharacters(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool, .number: false
    case .string(let text): text.unicodeScalars.contains(where: \.isHidden)
    case .array(let array): array.contains(where: hidesCharacters)
    case .object(let object):
        object.contains { $0.key.unicodeScalars.contains(where: \.isHidden) || hidesCharacters($0.value) }
    }
}

private func redact(_ record: JSONValue, of tool: Tool) -> JSONValue {
    record.object.map { .object(tool.redaction.redact($0)) } ?? record
}

extension Wording.Verb {
    /// Whether the record is there before and after.
    fileprivate var keepsRecord: Bool { self == .change || self == .replace }
}

/// Seconds as people say them.
private func duration(_ seconds: Int) -> String {
    for (size, name) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] where seconds.isMultiple(of: size) {
        let count = seconds / size
        return count == 1 ? "1 \(name)" : "\(count) \(name)s"
    }
    return "\(seconds) seconds"
}
