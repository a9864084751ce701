import Core
import Engine
import JSON
import Report
import Risk
import Settings
import Store

extension Administration {
    /// A look, with what happened since a moment where one is named.
    func look(_ arguments: Arguments) async throws -> (report: GatewayReport, new: [Finding]) {
        var (report, new) = try await house.look()
        if let since = arguments["since"] {
            report.change = GatewayChange(try await house.register(), since: try moment(since))
        }
        return (report, new)
    }

    /// A moment in the past: a time before now such as `7d`, or a day.
    private func moment(_ text: String) throws -> Timestamp {
        if let seconds = seconds(text) { return house.gate.now().advanced(bySeconds: -seconds) }
        if let day = Timestamp(date: text), day <= house.gate.now() { return day }
        throw CommandError("'\(text.boundedText)' is no time such as 7d, and no day that was, such as 2026-11-30")
    }

    /// Findings as the last look and people left them.
    func listFindings(_ arguments: Arguments) async throws -> JSONValue {
        let register = try await house.register()
        let now = house.gate.now()
        var wanted: TrackedFinding.State?
        if let state = arguments["state"] {
            wanted = TrackedFinding.State(rawValue: state)
            guard wanted != nil else { throw CommandError("'\(state.boundedText)' is no state of a finding") }
        }
        let findings = register.findings.values
            .filter { finding in wanted.map { finding.state(at: now) == $0 } ?? finding.isPresent }
            .sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
        return [
            "looked": register.looks.last.map { .string($0.at.description) } ?? .null,
            "findings": .array(findings.map { $0.json(at: now) }),
        ]
    }

    func showFinding(_ arguments: Arguments) async throws -> JSONValue {
        try await tracked(arguments).json(at: house.gate.now())
    }

    private func tracked(_ arguments: Arguments) async throws -> TrackedFinding {
        let id = try arguments.required("finding")
        guard let finding = try await house.register().findings[id] else {
            throw CommandError(
                "there is no finding '\(id.boundedText)'",
                hint: "'sallyport findings' lists them as the last look saw them.")
        }
        return finding
    }

    /// Somebody takes a finding as it is, for a time.
    func acceptFinding(_ arguments: Arguments) async throws -> JSONValue {
        let finding = try await tracked(arguments)
        let reason = try sentence(arguments, "reason")
        let until = try end(arguments)
        guard finding.isPresent else { throw CommandError("'\(finding.id)' is fixed: there is nothing to accept") }
        let person = try await person(arguments)
        try await house.record([
            RegisterEvent(
                .accepted(finding: finding.id, reason: reason, until: until), by: person, at: house.gate.now())
        ])
        return [
            "message": .string("\(finding.id) is accepted by \(person) until \(until.advanced(bySeconds: -1).date)")
        ]
    }

    func withdrawAcceptance(_ arguments: Arguments) async throws -> JSONValue {
        let finding = try await tracked(arguments)
        let reason = try sentence(arguments, "reason")
        guard finding.acceptance != nil else { throw CommandError("'\(finding.id)' is not accepted") }
        let person = try await person(arguments)
        try await house.record([
            RegisterEvent(.withdrawn(finding: finding.id, reason: reason), by: person, at: house.gate.now())
        ])
        return ["message": .string("\(finding.id) is no longer accepted")]
    }

    /// Says whose a finding is, and by when.
    func assignFinding(_ arguments: Arguments) async throws -> JSONValue {
        let finding = try await tracked(arguments)
        let owner = arguments["owner"]?.boundedText ?? finding.owner
        let due = arguments["due"] ?? finding.due
        if let due, Timestamp(date: due) == nil {
            throw CommandError("'\(due.boundedText)' is no day such as 2027-01-31")
        }
        guard arguments["owner"] != nil || arguments["due"] != nil else {
            throw CommandError("neither an owner nor a day was named")
        }
        let person = try await person(arguments)
        try await house.record([
            RegisterEvent(.assigned(finding: finding.id, owner: owner, due: due), by: person, at: house.gate.now())
        ])
        return [
            "message": .string(
                "\(finding.id): \(owner.map { "of \($0)" } ?? "of nobody")\(due.map { ", due \($0)" } ?? "")")
        ]
    }

    /// A person's word for what no program can see.
    func attest(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("subject")
        guard let subject = Attestation.Subject(rawValue: name) else {
            throw CommandError(
                "'\(name.boundedText)' is nothing that can be attested",
                hint: "One of: \(Attestation.Subject.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let link = try arguments.required("link")
        guard link.hasPrefix("https://") || link.hasPrefix("http://"), link.utf8.count <= 1_000,
            link.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw CommandError("the link to the evidence is an http or https address") }
        let until = try end(arguments)
        let person = try await person(arguments)
        try await house.record([
            RegisterEvent(
                .attested(subject, link: link, note: arguments["note"]?.boundedText, until: until), by: person,
                at: house.gate.now())
        ])
        return [
            "message": .string("\(subject.title): \(person)'s word holds until \(until.advanced(bySeconds: -1).date)")
        ]
    }

    func listAttestations() async throws -> JSONValue {
        let attestations = try await house.register().attestations
        let now = house.gate.now()
        return [
            "attestations": .array(
                Attestation.Subject.allCases.map { subject in
                    let attestation = attestations[subject]
                    return [
                        "subject": .string(subject.rawValue), "title": .string(subject.title),
                        "by": attestation.map { .string($0.by) } ?? .null,
                        "at": attestation.map { .string($0.at.date) } ?? .null,
                        "until": attestation.map { .string($0.lastDay) } ?? .null,
                        "link": attestation.map { .string($0.link) } ?? .null,
                        "holds": .bool(attestation?.holds(at: now) ?? false),
                    ]
                })
        ]
    }

    /// What there is to look at: tools as they are now, with what is otherwise than when somebody looked last, and the mark
    /// that a review names.
    func listChanges(_ arguments: Arguments) async throws -> JSONValue {
        let register = try await house.register()
        let changes = compareTools(house.inForce.value.tools, with: register, file: house.inForce.value.name)
        return [
            "tools": .array(
                try chosenTools(arguments, changes).map { tool in
                    let now = Pin(tool)
                    let known = register.pins[tool.key]
                    return [
                        "tool": .string(tool.key), "mark": .string(now.mark),
                        "suspended": .bool(changes.suspended.contains(tool.key)),
                        "changed": .array((known.map { now.differences(from: $0) } ?? []).map { .string($0) }),
                        "before": known.map(looks) ?? .null, "now": looks(now),
                    ]
                })
        ]
    }

    private func looks(_ pin: Pin) -> JSONValue {
        [
            "words": pin.words.map { .string($0) } ?? .null, "risk": .string(pin.risk),
            "arguments": .string(pin.arguments.joined(separator: ", ")),
            "owner": pin.owner.map { .string($0) } ?? .null,
        ]
    }

    private func chosenTools(_ arguments: Arguments, _ changes: ToolChanges) throws -> [Tool] {
        let names = Set((arguments.object["tools"]?.array ?? []).compactMap(\.string))
        let isAll = arguments.object["changed"]?.bool ?? false
        guard isAll != !names.isEmpty else {
            throw CommandError("name the tools, or say that you mean all that changed")
        }
        let changed = Set(changes.findings.map(\.subject))
        let tools = house.inForce.value.tools.filter { tool in
            tool.bucket != .never
                && (isAll ? changed.contains(tool.key) : names.contains(tool.name) || names.contains(tool.key))
        }
        let unknown = names.filter { name in !tools.contains { $0.name == name || $0.key == name } }
        guard unknown.isEmpty else {
            throw CommandError(
                "no tool that somebody could reach is called \(unknown.sorted().joined(separator: ", ").boundedText)")
        }
        guard !tools.isEmpty else { throw CommandError("nothing changed") }
        return tools
    }

    /// Somebody looked at tools; what was held back for a change can be reached again, if it still is what they saw.
    func reviewTools(_ arguments: Arguments) async throws -> JSONValue {
        let seen = arguments.object["seen"]?.object ?? JSONObject()
        guard !seen.isEmpty else { throw CommandError("nothing was looked at") }
        let person = try await person(arguments)
        // Read after the password was checked: what counts is what is in force now.
        let tools = house.inForce.value.tools.filter { $0.bucket != .never && seen.contains($0.key) }
        guard tools.count == seen.count, tools.allSatisfy({ seen[$0.key]?.string == Pin($0).mark }) else {
            throw CommandError(
                "a tool is not what was shown any more", hint: "Look once more: 'sallyport tools review'.")
        }
        let now = house.gate.now()
        try await house.record(parts(tools.map { Pin($0) }).map { RegisterEvent(.reviewed($0), by: person, at: now) })
        try await refresh()
        try await house.journal.tellOthers("tools")
        return [
            "message": .string(
                "\(person) looked at \(tools.map(\.name).sorted().prefix(5).joined(separator: ", "))\(tools.count > 5 ? " and \(tools.count - 5) more" : "")"
            )
        ]
    }

    /// Reads the sources anew, and looks.
    func rereadSources() async throws -> JSONValue {
        guard let reread else { throw CommandError("no server runs on this data directory") }
        let came = try await reread()
        let (report, new) = try await house.look()
        if case .unusable(let problem) = came {
            throw CommandError(
                "the sources cannot be used as they are now: \(problem)", hint: "What was read before stays in force.")
        }
        return [
            "changed": .bool(came == .changed), "suspended": JSONValue(report.suspended),
            "new": .array(
                new.map {
                    [
                        "finding": .string($0.id), "severity": .string($0.severity.rawValue),
                        "evidence": .string($0.evidence),
                    ]
                }),
        ]
    }

    // MARK: Arguments

    /// The person who acts, proven by their password, and named in the configuration as somebody who decides.
    func person(_ arguments: Arguments) async throws -> String {
        let name = try arguments.required("person")
        do {
            let proof = try await house.prove(name, password: try arguments.required("password"))
            guard house.inForce.value.people[proof.name] != nil else {
                throw CommandError("\(name.boundedText) is not among the configuration's people")
            }
            return proof.name
        } catch {
            try await record("sign-in-refused", by: name.boundedText, [:])
            throw error
        }
    }

    private func sentence(_ arguments: Arguments, _ key: String) throws -> String {
        let text = try arguments.required(key)
        guard text.unicodeScalars.count <= 500 else { throw CommandError("the \(key) has more than 500 characters") }
        return text
    }

    /// The end of a day within a year.
    private func end(_ arguments: Arguments) throws -> Timestamp {
        let text = try arguments.required("until")
        guard let day = Timestamp(date: text) else {
            throw CommandError("'\(text.boundedText)' is no day such as 2027-01-31")
        }
        let end = day.advanced(bySeconds: 86_400)
        let now = house.gate.now()
        guard now < end, end <= now.advanced(bySeconds: 367 * 86_400) else {
            throw CommandError("it has to end within a year from now")
        }
        return end
    }
}

extension FindingStanding {
    /// What a reason for failing says of it.
    var failure: JSONValue {
        [
            "id": .string(finding.id), "severity": .string(finding.severity.rawValue),
            "evidence": .string(finding.evidence),
        ]
    }
}

extension TrackedFinding {
    fileprivate func json(at now: Timestamp) -> JSONValue {
        [
            "id": .string(id), "title": kind.map { .string($0.title) } ?? .null,
            "severity": .string(severity.rawValue), "evidence": .string(evidence),
            "remedy": kind.map { .string($0.remedy) } ?? .null, "state": .string(state(at: now).rawValue),
            "owner": owner.map { .string($0) } ?? .null, "due": due.map { .string($0) } ?? .null,
            "overdue": .bool(isOverdue(at: now)), "first_seen": .string(firstSeen.description),
            "until": acceptance.map { .string($0.lastDay) } ?? .null,
            "reason": acceptance.map { .string($0.reason) } ?? .null,
            "steps": .array(
                steps.map {
                    ["at": .string($0.at.description), "by": .string($0.by), "what": .string($0.what)]
                }),
        ]
    }
}
