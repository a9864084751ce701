import Core
import Engine
import JSON

/// The stored form of entries: an array of a call's events, or one object that describes an act.
enum EntryBody {
    /// What was written is read back even where a request's parser is stricter.
    private static let options = JSONParser.Options(
        maxDepth: 512, maxBytes: maxValueBytes, recordsDuplicates: true, allowsNull: true)

    /// What of acts is free text, in which a secret may stand. The tool that was asked for may be any text.
    static let freeInActs: [String: Sweeper.Extent] = ["details": .values, "tool": .values]

    /// Events as they are stored, but for what a sweeper takes out of their free text.
    static func bytes(_ events: [CallEvent], _ sweeper: Sweeper?) -> [UInt8] {
        // Those of an outcome are short.
        var writer = JSONWriter(reservingCapacity: events.count == 1 ? 192 : 960)
        var free: [Range<Int>] = []
        writer.raw("[")
        for (index, event) in events.enumerated() {
            if index > 0 { writer.raw(",") }
            event.write(to: &writer, noting: &free)
        }
        writer.raw("]")
        return sweeper?.sweep(json: writer.bytes, only: FreeMember.extents, in: free) ?? writer.bytes
    }

    static func parse(_ text: String) throws(JournalFault) -> [JSONValue] {
        do {
            return switch try JSONParser.parse(text, options: options) {
            case .array(let events): events
            case let act: [act]
            }
        } catch {
            throw JournalFault(.unreadable, "a stored body is not JSON: \(error)")
        }
    }

    static func events(_ text: String) throws(JournalFault) -> [CallEvent] {
        var events: [CallEvent] = []
        for json in try parse(text) {
            guard let event = CallEvent(json: json) else {
                throw JournalFault(.unreadable, "a stored event is of an unknown form")
            }
            events.append(event)
        }
        return events
    }

    static func call(_ id: String, _ events: [CallEvent]) throws(JournalFault) -> Call {
        guard let id = CallID(id) else { throw JournalFault(.unreadable, "a stored call has no valid id") }
        do {
            return try Call(id: id, events: events)
        } catch {
            throw JournalFault(.unreadable, "the events of call \(id) do not follow from one another")
        }
    }
}

extension Act {
    /// The journal's form of an act.
    var json: JSONValue {
        var object: JSONObject = [
            "at": JSONValue(Int(at.microseconds)), "act": .string(kind), "by": .string(by),
        ]
        if let agent { object.append("agent", .string(agent)) }
        if let tool { object.append("tool", .string(tool)) }
        if let call { object.append("call", .string(call.text)) }
        object.append("details", .object(details))
        return .object(object)
    }
}

extension Addition {
    /// Whether these events propose the call.
    var proposes: Bool {
        events.contains { if case .proposed = $0.kind { true } else { false } }
    }

    /// Under what a later call that binds to the same finds this one: what waits for people, and what nobody knows the effect of.
    var digestKey: String? {
        if proposes { return call.opening.digest.hex }
        let isUnknown = events.contains { event in
            if case .settled(let outcome) = event.kind { outcome.kind == .unknown } else { false }
        }
        return isUnknown ? call.opening.digest.unknownKey : nil
    }
}

extension Digest {
    /// What an entry that leaves an unknown outcome is found by: not what proposals are.
    var unknownKey: String { "unknown:\(hex)" }
}

extension Principal {
    /// One hash for an idempotency key and whose it is, so that no key of one principal can stand for another's.
    func repeatKey(_ key: String) -> String {
        let binding: JSONValue = ["principal": identity, "key": .string(key)]
        let canonical = binding.canonicalBytes(.exact) ?? binding.bytes
        return Digest(of: Array("sallyport/idempotency/v1\n".utf8) + canonical).hex
    }
}
