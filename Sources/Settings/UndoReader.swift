import Core
import JSON
import OpenAPI
import Risk

/// Reads the reversible form of a tool, and how its calls are taken back.
struct UndoReader {
    let draft: OperationDraft
    /// All of the document.
    let drafts: [OperationDraft]
    let wording: Wording
    /// What the tool itself may do.
    let risk: Risk
    /// The attribute that fills an argument of a tool by itself; `.some(nil)` where the gateway fills in something else.
    let filled: (_ tool: OperationDraft, _ argument: String) -> Principal.Attribute??

    private static let references = ["argument", "answer", "before", "value"]

    /// The operation that is sent in place of this one, with its arguments.
    func instead(_ reader: Reader) -> (template: CallTemplate, draft: OperationDraft)? {
        guard reader.object(keys: ["tool", "arguments"]) != nil, let read = template(reader) else { return nil }
        if read.template.needsAnswer || read.template.needsRecord {
            reader.error(
                "no-answer-yet", "what is sent is made from the call's own arguments; nothing else is there yet")
            return nil
        }
        guard risk.categories.contains(.destructive) else {
            reader.error("no-deletion", "only what destroys has a reversible form")
            return nil
        }
        let other = classify(RiskSubject(read.draft))
        guard read.draft.name != draft.name, other.level != .readOnly, !other.categories.contains(.destructive),
            other.effect != .potentiallyIrreversible
        else {
            reader.child("tool")?.error("not-reversible", "'\(read.draft.name)' is no reversible form of it")
            return nil
        }
        return loses(read, reader) ? nil : read
    }

    /// Whether what is bound to the user for this tool does not reach the operation that is sent, or comes from the agent
    /// there.
    private func loses(_ read: (template: CallTemplate, draft: OperationDraft), _ reader: Reader) -> Bool {
        for parameter in draft.parameters {
            guard case .some(.some(let attribute)) = filled(draft, parameter.argument) else { continue }
            let arrives = read.template.arguments.contains { $0.value == .argument(parameter.argument) }
            guard !arrives else { continue }
            reader.error(
                "lost-scope",
                "'\(parameter.argument)' is bound to the \(attribute.rawValue) and does not reach '\(read.draft.name)'")
            return true
        }
        for member in read.template.arguments {
            guard case .some(.some(let attribute)) = filled(read.draft, member.name) else { continue }
            if case .argument(let own) = member.value, filled(draft, own) == .some(.some(attribute)) { continue }
            reader.error(
                "lost-scope",
                "'\(member.name)' of '\(read.draft.name)' is bound to the \(attribute.rawValue), so nothing else fills it"
            )
            return true
        }
        return false
    }

    func undo(_ reader: Reader, hasOtherForm: Bool) -> Undo? {
        if risk.level == .readOnly {
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
            guard let read = template(reader, isCall: true) else { return nil }
            let other = classify(RiskSubject(read.draft))
            guard read.draft.name != draft.name, other.level != .readOnly, !other.categories.contains(.destructive)
            else {
                reader.child("tool")?.error("takes-nothing-back", "'\(read.draft.name)' takes nothing back")
                return nil
            }
            undo = isBoundToAgent(read.draft, reader) ? nil : Undo(.call(read.template))
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

    /// Calls that take others back are made by an agent of their own.
    private func isBoundToAgent(_ target: OperationDraft, _ reader: Reader) -> Bool {
        guard
            let parameter = target.parameters.first(where: { filled(target, $0.argument) == .some(.some(.agent)) })
        else { return false }
        reader.error(
            "bound-to-agent",
            "'\(parameter.argument)' of '\(target.name)' is bound to the agent, and another agent takes calls back")
        return true
    }

    /// Only a change of single fields is taken back by putting them back.
    private func restore(_ reader: Reader, _ hasOtherForm: Bool) -> Void? {
        if isBoundToAgent(draft, reader) { return nil }
        guard wording.verb == .change, wording.reading != nil, !hasOtherForm else {
            reader.error(
                "no-restore", "only a PATCH whose record can be read with a GET is taken back by restoring it",
                hint: "Write { tool: NAME, arguments: { … } }.")
            return nil
        }
        return ()
    }

    /// - Parameter isCall: whether it is a call of the tool, which fills in what it fills in, and takes no such argument.
    private func template(_ reader: Reader, isCall: Bool = false) -> (template: CallTemplate, draft: OperationDraft)? {
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
            if isCall, filled(target, key) != nil {
                child.error("filled-argument", "'\(key)' of '\(target.name)' is filled in by the gateway; leave it out")
                continue
            }
            guard let value = value(child) else { return nil }
            members.append(CallTemplate.Member(key, value))
        }
        for parameter in target.parameters
        where parameter.isRequired && !members.contains(where: { $0.name == parameter.argument })
            && !(isCall && filled(target, parameter.argument) != nil)
        {
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
