package import Core
package import JSON

/// What a look saw or a person said, as acts of the journal keep it.
package struct RegisterEvent: Sendable, Hashable {
    /// What a look saw of one finding.
    package struct Found: Sendable, Hashable {
        package var id: String
        package var severity: Severity
        package var evidence: String
        package var mark: String?

        package init(id: String, severity: Severity, evidence: String, mark: String? = nil) {
            self.id = id
            self.severity = severity
            self.evidence = evidence
            self.mark = mark
        }
    }

    package enum Kind: Sendable, Hashable {
        /// A look ended.
        case looked(Look)
        /// A look saw these findings, which were not there or otherwise at the last one.
        case found([Found])
        /// A look did not see these findings any more.
        case gone([String])
        /// A look saw these tools for the first time, or as they are now allowed to be.
        case pinned([Pin])
        /// A person looked at these tools.
        case reviewed([Pin])
        case accepted(finding: String, reason: String, until: Timestamp)
        case withdrawn(finding: String, reason: String)
        case assigned(finding: String, owner: String?, due: String?)
        case attested(Attestation.Subject, link: String, note: String?, until: Timestamp)
    }

    package var kind: Kind
    /// The person, or `system` for looks.
    package var by: String
    package var at: Timestamp

    package init(_ kind: Kind, by: String = "system", at: Timestamp) {
        self.kind = kind
        self.by = by
        self.at = at
    }
}

extension RegisterEvent {
    /// The kinds of acts that these events are kept as.
    package static let acts: Set<String> = [
        "look", "findings-found", "findings-gone", "tools-pinned", "tools-reviewed", "finding-accept",
        "finding-withdraw", "finding-assign", "attest",
    ]

    package var act: String {
        switch kind {
        case .looked: "look"
        case .found: "findings-found"
        case .gone: "findings-gone"
        case .pinned: "tools-pinned"
        case .reviewed: "tools-reviewed"
        case .accepted: "finding-accept"
        case .withdrawn: "finding-withdraw"
        case .assigned: "finding-assign"
        case .attested: "attest"
        }
    }

    package var details: JSONObject {
        switch kind {
        case .looked(let look): look.details
        case .found(let findings):
            [
                "findings": .array(
                    findings.map { found in
                        var object: JSONObject = [
                            "finding": .string(found.id), "severity": .string(found.severity.rawValue),
                            "evidence": .string(found.evidence),
                        ]
                        if let mark = found.mark { object.append("mark", .string(mark)) }
                        return .object(object)
                    })
            ]
        case .gone(let ids): ["findings": .array(ids.map { .string($0) })]
        case .pinned(let pins), .reviewed(let pins): ["tools": .array(pins.map(\.json))]
        case .accepted(let finding, let reason, let until):
            ["finding": .string(finding), "reason": .string(reason), "until": JSONValue(Int(until.microseconds))]
        case .withdrawn(let finding, let reason): ["finding": .string(finding), "reason": .string(reason)]
        case .assigned(let finding, let owner, let due):
            [
                "finding": .string(finding), "owner": owner.map { .string($0) } ?? .null,
                "due": due.map { .string($0) } ?? .null,
            ]
        case .attested(let subject, let link, let note, let until):
            [
                "subject": .string(subject.rawValue), "link": .string(link), "note": note.map { .string($0) } ?? .null,
                "until": JSONValue(Int(until.microseconds)),
            ]
        }
    }

    /// Reads the body of an act in the journal.
    ///
    /// - Returns: nil for an act of another kind or form.
    package init?(json: JSONValue) {
        guard let act = json["act"]?.string, let by = json["by"]?.string, let at = json["at"]?.int,
            let details = json["details"]
        else { return nil }
        let time = Timestamp(microseconds: Int64(at))
        guard let kind = Kind(act, details, at: time) else { return nil }
        self.init(kind, by: by, at: time)
    }
}

extension RegisterEvent.Kind {
    fileprivate init?(_ act: String, _ details: JSONValue, at time: Timestamp) {
        let finding = details["finding"]?.string
        let until = details["until"]?.int.map { Timestamp(microseconds: Int64($0)) }
        switch act {
        case "look":
            guard let look = Look(json: details, at: time) else { return nil }
            self = .looked(look)
        case "findings-found":
            var found: [RegisterEvent.Found] = []
            for item in details["findings"]?.array ?? [] {
                guard let id = item["finding"]?.string,
                    let severity = item["severity"]?.string.flatMap({ Severity(rawValue: $0) })
                else { return nil }
                found.append(
                    RegisterEvent.Found(
                        id: id, severity: severity, evidence: item["evidence"]?.string ?? "",
                        mark: item["mark"]?.string))
            }
            self = .found(found)
        case "findings-gone": self = .gone((details["findings"]?.array ?? []).compactMap(\.string))
        case "tools-pinned", "tools-reviewed":
            let tools = details["tools"]?.array ?? []
            let pins = tools.compactMap { Pin(json: $0) }
            // One that is not even named would be one that nobody ever saw.
            guard pins.count == tools.count else { return nil }
            self = act == "tools-pinned" ? .pinned(pins) : .reviewed(pins)
        case "finding-accept":
            guard let finding, let reason = details["reason"]?.string, let until else { return nil }
            self = .accepted(finding: finding, reason: reason, until: until)
        case "finding-withdraw":
            guard let finding, let reason = details["reason"]?.string else { return nil }
            self = .withdrawn(finding: finding, reason: reason)
        case "finding-assign":
            guard let finding else { return nil }
            self = .assigned(finding: finding, owner: details["owner"]?.string, due: details["due"]?.string)
        case "attest":
            guard let subject = details["subject"]?.string.flatMap({ Attestation.Subject(rawValue: $0) }),
                let link = details["link"]?.string, let until
            else { return nil }
            self = .attested(subject, link: link, note: details["note"]?.string, until: until)
        default: return nil
        }
    }
}
