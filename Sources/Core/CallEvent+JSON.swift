package import JSON
import Policy

// The journal's form of an event. Written and read here only, so that a renamed property cannot change the format.

/// Takes the members of an object one after another: as a value, or as text at once.
private protocol MemberSink {
    mutating func append(_ key: StaticString, _ value: JSONValue)
    mutating func append(_ key: StaticString, text: String)
    mutating func append(_ key: StaticString, texts: [String])
    mutating func append(_ key: StaticString, number: Int64)
    mutating func append(_ members: EncodedMembers)
    /// Notes that the member which was appended last is free text.
    mutating func noteFree()
}

extension MemberSink {
    fileprivate mutating func append(_ member: FreeMember, _ value: JSONValue) {
        append(member.key, value)
        noteFree()
    }

    fileprivate mutating func append(_ member: FreeMember, text: String) {
        append(member.key, text: text)
        noteFree()
    }

    fileprivate mutating func append(_ member: FreeMember, texts: [String]) {
        append(member.key, texts: texts)
        noteFree()
    }
}

extension JSONObject: MemberSink {
    fileprivate mutating func append(_ key: StaticString, _ value: JSONValue) {
        append(key.description, value)
    }

    fileprivate mutating func append(_ key: StaticString, text: String) {
        append(key.description, .string(text))
    }

    fileprivate mutating func append(_ key: StaticString, texts: [String]) {
        append(key.description, .array(texts.map { .string($0) }))
    }

    fileprivate mutating func append(_ key: StaticString, number: Int64) {
        append(key.description, JSONValue(Int(number)))
    }

    fileprivate mutating func append(_ members: EncodedMembers) {
        for member in members.members { append(member.key, member.value) }
    }

    fileprivate mutating func noteFree() {}
}

private struct ObjectWriter: MemberSink {
    var writer = JSONWriter(reservingCapacity: 0)
    /// Where free text stands in what was written.
    var free: [Range<Int>] = []
    private var isEmpty = true
    /// Where the value of the last member begins.
    private var valueStart = 0

    mutating func append(_ key: StaticString, _ value: JSONValue) {
        begin(key)
        writer.write(value)
    }

    mutating func append(_ key: StaticString, text: String) {
        begin(key)
        writer.write(text)
    }

    mutating func append(_ key: StaticString, texts: [String]) {
        begin(key)
        writer.raw("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.write(text)
        }
        writer.raw("]")
    }

    mutating func append(_ key: StaticString, number: Int64) {
        begin(key)
        writer.write(number)
    }

    /// INVARIANT: none of the keys below needs an escape.
    private mutating func begin(_ key: StaticString) {
        writer.beginMember(key, isFirst: isEmpty)
        isEmpty = false
        valueStart = writer.bytes.count
    }

    mutating func noteFree() {
        free.append(valueStart..<writer.bytes.count)
    }

    mutating func append(_ members: EncodedMembers) {
        guard !members.bytes.isEmpty else { return }
        if isEmpty { writer.raw("{") } else { writer.raw(",") }
        isEmpty = false
        writer.raw(members.bytes)
    }
}

extension CallEvent {
    package var json: JSONValue {
        var object = JSONObject()
        write(members: &object)
        return .object(object)
    }

    /// Writes the text of ``json`` without building the value.
    ///
    /// - Parameter free: gets where the values of a ``FreeMember`` stand in the writer's text.
    package func write(to writer: inout JSONWriter, noting free: inout [Range<Int>]) {
        // Swapped in and out, so that the bytes have one owner and grow in place.
        var object = ObjectWriter()
        swap(&object.writer, &writer)
        swap(&object.free, &free)
        write(members: &object)
        swap(&object.writer, &writer)
        swap(&object.free, &free)
        writer.raw("}")
    }

    private func write(members object: inout some MemberSink) {
        object.append("at", number: at.microseconds)
        switch kind {
        case .opened(let opening):
            object.append("event", text: "opened")
            opening.write(to: &object)
        case .decided(let decision):
            object.append("event", text: "decided")
            decision.write(to: &object)
        case .proposed(let expires, let change):
            object.append("event", text: "proposed")
            object.append("expires", number: expires.microseconds)
            if let change { object.append(.change, change.json) }
        case .approved(let verdict):
            object.append("event", text: "approved")
            verdict.write(to: &object)
        case .rejected(let verdict):
            object.append("event", text: "rejected")
            verdict.write(to: &object)
        case .expired: object.append("event", text: "expired")
        case .withdrawn(let by):
            object.append("event", text: "withdrawn")
            object.append("by", text: by)
        case .admitted: object.append("event", text: "admitted")
        case .settled(let outcome):
            object.append("event", text: "settled")
            outcome.write(to: &object)
        case .reconciled(let outcome, let by):
            object.append("event", text: "reconciled")
            object.append("by", text: by)
            outcome.write(to: &object)
        }
    }

    /// - Returns: nil for JSON that no version of the journal writes.
    package init?(json: JSONValue) {
        guard let object = json.object, let at = object["at"]?.int, let name = object["event"]?.string else {
            return nil
        }
        let kind: Kind
        switch name {
        case "opened":
            guard let opening = Opening(object) else { return nil }
            kind = .opened(opening)
        case "decided":
            guard let decision = Decision(object) else { return nil }
            kind = .decided(decision)
        case "proposed":
            guard let expires = object["expires"]?.int else { return nil }
            kind = .proposed(
                expires: Timestamp(microseconds: Int64(expires)), change: object["change"].flatMap(Change.init(json:)))
        case "approved", "rejected":
            guard let verdict = Verdict(object) else { return nil }
            kind = name == "approved" ? .approved(verdict) : .rejected(verdict)
        case "expired": kind = .expired
        case "withdrawn": kind = .withdrawn(by: object["by"]?.string ?? "")
        case "admitted": kind = .admitted
        case "settled":
            guard let outcome = Outcome(object) else { return nil }
            kind = .settled(outcome)
        case "reconciled":
            guard let outcome = Outcome(object), let by = object["by"]?.string else { return nil }
            kind = .reconciled(outcome, by: by)
        default: return nil
        }
        self.init(kind, at: Timestamp(microseconds: Int64(at)))
    }
}

extension Opening {
    fileprivate func write(to object: inout some MemberSink) {
        object.append(principal.members)
        object.append(reference.members)
        object.append(.arguments, .object(arguments))
        if let stakes { object.append(.stakes, .object(stakes.json)) }
        object.append("digest", text: digest.hex)
        if let idempotencyKey { object.append(.idempotencyKey, text: idempotencyKey) }
        if let trace { object.append(.trace, text: trace) }
        if let partOf { object.append("part_of", text: partOf.text) }
        object.append("snapshot", text: snapshot)
    }

    fileprivate convenience init?(_ object: JSONObject) {
        guard let user = object["user"]?.string, let agent = object["agent"]?.string,
            let issuer = object["issuer"]?.string, let expires = object["token_expires"]?.int,
            let reference = ToolReference(object),
            let arguments = object["arguments"]?.object,
            let digest = object["digest"]?.string.flatMap({ Digest(hex: $0) }),
            let snapshot = object["snapshot"]?.string
        else { return nil }
        self.init(
            principal: Principal(
                user: user, agent: agent, tenant: object["tenant"]?.string, roles: object["roles"]?.strings ?? [],
                issuer: issuer, scopes: object["scopes"]?.strings ?? [],
                expires: Timestamp(microseconds: Int64(expires))),
            reference: reference, arguments: arguments, stakes: object["stakes"].flatMap { Stakes($0) }, digest: digest,
            idempotencyKey: object["idempotency_key"]?.string, trace: object["trace"]?.string,
            partOf: object["part_of"]?.string.flatMap { CallID($0) }, snapshot: snapshot)
    }
}

extension Decision {
    fileprivate func write(to object: inout some MemberSink) {
        object.append("effect", text: effect.rawValue)
        object.append("because", texts: because)
        if !errors.isEmpty { object.append(.errors, texts: errors) }
        if !requirements.isEmpty { object.append("requires", texts: requirements.map(\.id)) }
        if !demands.isEmpty { object.append("demands", .array(demands.map(\.json))) }
        object.append("policy", text: policyVersion)
    }

    fileprivate init?(_ object: JSONObject) {
        guard let effect = object["effect"]?.string.flatMap({ Effect(rawValue: $0) }),
            let policy = object["policy"]?.string
        else { return nil }
        var demands: [ApprovalDemand] = []
        for demand in object["demands"]?.array ?? [] {
            guard let demand = ApprovalDemand(json: demand) else { return nil }
            demands.append(demand)
        }
        self.init(
            effect: effect, isCertain: true, because: object["because"]?.array?.compactMap(\.string) ?? [],
            errors: object["errors"]?.array?.compactMap(\.string) ?? [], demands: demands, policyVersion: policy)
    }
}

extension Verdict {
    fileprivate func write(to object: inout some MemberSink) {
        object.append("by", text: by)
        object.append("roles", texts: roles.sorted())
        if !delegated.isEmpty {
            object.append(
                "delegated",
                .object(
                    JSONObject(
                        members: delegated.sorted { $0.key < $1.key }.map {
                            JSONObject.Member(key: $0.key, value: .string($0.value))
                        })))
        }
        if let reason { object.append(.reason, text: reason) }
        object.append("channel", text: channel)
        if isOwn { object.append("own", .bool(true)) }
        if isEmergency { object.append("break_glass", .bool(true)) }
        if isHasty { object.append("hasty", .bool(true)) }
    }

    fileprivate init?(_ object: JSONObject) {
        guard let by = object["by"]?.string, let channel = object["channel"]?.string else { return nil }
        let delegated = (object["delegated"]?.object ?? [:]).compactMap { member in
            member.value.string.map { (member.key, $0) }
        }
        self.init(
            by: by, roles: object["roles"]?.strings ?? [],
            delegated: Dictionary(delegated) { first, _ in first }, reason: object["reason"]?.string, channel: channel,
            isOwn: object["own"] == true, isEmergency: object["break_glass"] == true, isHasty: object["hasty"] == true)
    }
}

extension Outcome {
    fileprivate func write(to object: inout some MemberSink) {
        object.append("outcome", text: kind.rawValue)
        if let status { object.append("status", number: Int64(status)) }
        if let code { object.append("code", text: code.rawValue) }
        if let cause { object.append(.cause, text: cause) }
        object.append("latency", number: latency)
        object.append("bytes", number: Int64(bytes))
        if !records.isEmpty { object.append(.records, texts: records) }
    }

    fileprivate init?(_ object: JSONObject) {
        guard let kind = object["outcome"]?.string.flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.init(
            kind: kind, status: object["status"]?.int,
            code: object["code"]?.string.flatMap { Refusal.Code(rawValue: $0) }, cause: object["cause"]?.string,
            latency: Int64(object["latency"]?.int ?? 0), bytes: object["bytes"]?.int ?? 0,
            records: object["records"]?.array?.compactMap(\.string) ?? [])
    }
}

extension JSONValue {
    init(strings: Set<String>) {
        self = .array(strings.sorted().map { .string($0) })
    }

    var strings: Set<String>? {
        array.map { Set($0.compactMap(\.string)) }
    }
}
