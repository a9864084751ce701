import Core
import JSON
import OpenAPI

/// Reads the reversible form of a tool, and how its calls are taken back.
struct UndoReader {
    let draft: OperationDraft
    /// All of the document.
    let drafts: [OperationDraft]
    let wording: Wording
    /// Whether calls only read: then there is nothing to take back.
    let isRead: Bool

    private static let references = ["argument", "answer", "before", "value"]

    /// The operation that is sent in place of this one, with its arguments.
    func instead(_ reader: Reader) -> (template: CallTemplate, draft: OperationDraft)? {
        guard reader.object(keys: ["tool", "arguments"]) != nil, let read = template(reader) else { return nil }
        if read.template.needsAnswer || read.template.needsRecord {
            reader.error(
                "no-answer-yet", "what is sent is made from the call's own arguments; nothing else is there yet")
            return nil
        }
        if read.draft.name == draft.name || read.draft.method == "DELETE" {
            reader.child("tool")?.error("not-reversible", "'\(read.draft.name)' is no reversible form of it")
            return nil
        }
        return read
    }

    func undo(_ reader: Reader, hasOtherForm: Bool) -> Undo? {
        if isRead {
            reader.error("useless-key", "a tool that only reads leaves nothing to take back")
            return nil
        }
        enum Word: String, CaseIterable { case restore }
        guard case .object = reader.value else {
            return reader.word(Word.self).flatMap { _ in restore(reader, hasOtherForm).map { Undo(.restore) } }
        }
        guard reader.object(keys: ["restore", "tool", "arguments", "within"]) != nil else { return nil }
        let window = reader.child("within")?.duration(in: 60...90 * 86_400)
        var undo: Undo?
        if let restores = reader.child("restore") {
            if reader.child("tool") != nil || restores.bool() != true {
                restores.error("two-ways", "it is taken back either by 'restore: true' or by a 'tool'")
                return nil
            }
            undo = restore(reader, hasOtherForm).map { Undo(.restore) }
        } else {
            undo = template(reader).map { Undo(.call($0.template)) }
        }
        if undo?.needsRecord == true, wording.reading == nil {
            reader.error("unreadable-record", "no GET on the same path reads the record as it was before")
            return nil
        }
        if case .call(let template)? = undo?.way, template.needsAnswer, draft.outputSchema == nil, !hasOtherForm {
            reader.error("no-answer", "the document declares no answer that it could be made from")
            return nil
        }
        if let window { undo?.window = window }
        return undo
    }

    /// Only a change of single fields is taken back by putting them back.
    private func restore(_ reader: Reader, _ hasOtherForm: Bool) -> Void? {
        guard wording.verb == .change, wording.reading != nil, !hasOtherForm else {
            reader.error(
                "no-restore", "only a PATCH whose record can be read with a GET is taken back by restoring it",
                hint: "Write { tool: NAME, arguments: { … } }.")
            return nil
        }
        return ()
    }

    private func template(_ reader: Reader) -> (template: CallTemplate, draft: OperationDraft)? {
        guard let name = reader.required("tool"), let text = name.string() else { return nil }
        guard let target = drafts.first(where: { $0.name == text }) else {
            let near = drafts.map(\.name).min { (distance($0, text), $0) < (distance($1, text), $1) }
            name.error(
                "unknown-tool", "the document has no operation that makes a tool '\(text)'",
                hint: near.map { "The nearest name is '\($0)'." })
            return nil
        }
        guard let arguments = reader.required("arguments") else { return nil }
        var members: [CallTemplate.Member] = []
        for (key, child) in arguments.children {
            guard target.parameters.contains(where: { $0.argument == key }) else {
                child.error(
                    "unknown-argument", "'\(target.name)' has no argument '\(key)'",
                    hint: "Its arguments: \(target.parameters.map(\.argument).joined(separator: ", ")).")
                continue
            }
            guard let value = value(child) else { return nil }
            members.append(CallTemplate.Member(key, value))
        }
        for parameter in target.parameters
        where parameter.isRequired && !members.contains(where: { $0.name == parameter.argument }) {
            arguments.error("missing-argument", "'\(target.name)' needs '\(parameter.argument)'")
        }
        return (CallTemplate(tool: target.name, arguments: members), target)
    }

    /// A reference where a mapping has nothing but one, else the value as it stands.
    private func value(_ reader: Reader) -> CallTemplate.Value? {
        guard case .object(let object) = reader.value else { return .literal(reader.value) }
        guard object.count == 1, let key = object.first?.key, Self.references.contains(key) else {
            var members: [CallTemplate.Member] = []
            for (key, child) in reader.children {
                guard let value = value(child) else { return nil }
                members.append(CallTemplate.Member(key, value))
            }
            return .object(members)
        }
        guard let child = reader.child(key) else { return key == "value" ? .literal(.null) : nil }
        switch key {
        case "value": return .literal(child.value)
        case "argument":
            guard let name = child.string() else { return nil }
            guard draft.parameters.contains(where: { $0.argument == name }) else {
                child.error(
                    "unknown-argument", "'\(draft.name)' has no argument '\(name)'",
                    hint: "Its arguments: \(draft.parameters.map(\.argument).joined(separator: ", ")).")
                return nil
            }
            return .argument(name)
        default:
            guard let text = child.string(), let pointer = JSONPointer(parsing: text) else {
                child.error("bad-pointer", "this names no part of a record", hint: "Write for example /status.")
                return nil
            }
            return key == "answer" ? .answer(pointer) : .before(pointer)
        }
    }
}
