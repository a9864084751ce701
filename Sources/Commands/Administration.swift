import Core
import Engine
import Identity
import JSON
import Logging
import Policy
import Report
import Settings
import Store
import TransparencyLog
import Vault

/// The commands of people who may reach the data directory. What changes something, and reading the journal, is
/// recorded.
struct Administration: Sendable {
    let house: House
    /// The running snapshot; nil when no server runs.
    let snapshot: (@Sendable () -> Snapshot)?
    /// Loads the configuration anew; nil when no server runs.
    let reload: (@Sendable () async -> [String])?
    /// Makes a change of users count for tokens that were verified before.
    var revoke: @Sendable () -> Void = {}
    /// Reads the sources anew, and tells whether something is otherwise; nil when no server runs.
    var reread: (@Sendable () async throws -> Reread)?
    /// Takes what people looked at into account.
    var refresh: @Sendable () async throws -> Void = {}
    /// The audience of the tokens that are issued.
    let resource: String

    /// Answers `{"command": …, "arguments": {…}}` with `{"result": …}` or `{"error": {"code", "message"}}`.
    func answer(_ request: JSONValue) async -> JSONValue {
        let command = request["command"]?.string ?? ""
        let arguments = Arguments(object: request["arguments"]?.object ?? JSONObject())
        do {
            return ["result": try await perform(command, arguments)]
        } catch let error as CommandError {
            return failure("refused", error.message, hint: error.hint)
        } catch let refusal as Refusal {
            return failure(refusal.code.rawValue, refusal.message)
        } catch let refusal as SecretRefusal {
            return failure("refused", refusal.message)
        } catch let refusal as UserFault {
            return failure(refusal.code.rawValue, refusal.message)
        } catch {
            house.logger.error("administration failed", metadata: ["command": "\(command)", "cause": "\(error)"])
            return failure("fault", "It could not be done: \("\(error)".boundedText)")
        }
    }

    private func failure(_ code: String, _ message: String, hint: String? = nil) -> JSONValue {
        ["error": ["code": .string(code), "message": .string(message), "hint": hint.map { .string($0) } ?? .null]]
    }

    private func perform(_ command: String, _ arguments: Arguments) async throws -> JSONValue {
        switch command {
        case "status": try await status()
        case "reload": try await reloadConfiguration()
        case "approvals-list":
            ["calls": .array(try await house.gate.waiting().map(\.summary))]
        case "approvals-show": try await known(arguments).details
        case "approvals-decide": try await decideCalls(arguments)
        case "approvals-pace": try await pace(arguments)
        case "approvals-unknown": try await listUnknown()
        case "approvals-reconcile": try await reconcileCall(arguments)
        case "undo": try await undoCall(arguments)
        case "approvals-withdraw": try await withdrawCall(arguments)
        case "approvals-delegate": try await delegate(arguments)
        case "approvals-undelegate": try await endDelegation(arguments)
        case "approvals-delegations": listDelegations()
        case "call-explain": try await explain(arguments)
        case "backup": try await backUp(arguments)
        case "audit-search": try await search(arguments)
        case "audit-export": try await exportJournal(arguments)
        case "audit-prune": try await pruneJournal()
        case "audit-hold": try await hold(arguments)
        case "audit-release": try await release(arguments)
        case "incident-gather": try await gatherIncident(arguments)
        case "incident-sign": try await signIncident(arguments)
        case "audit-receipt": try await makeReceipt(arguments)
        case "policy-replay": try await readForPolicy("policy-replayed", arguments)
        case "policy-suggest": try await readForPolicy("policy-suggested", arguments)
        case "report": try await report(arguments)
        case "findings-list": try await listFindings(arguments)
        case "findings-show": try await showFinding(arguments)
        case "findings-accept": try await acceptFinding(arguments)
        case "findings-withdraw": try await withdrawAcceptance(arguments)
        case "findings-assign": try await assignFinding(arguments)
        case "attest": try await attest(arguments)
        case "attest-list": try await listAttestations()
        case "tools-changes": try await listChanges(arguments)
        case "tools-review": try await reviewTools(arguments)
        case "sources-reread": try await rereadSources()
        case "stop": try await stop(arguments)
        case "resume": try await resume(arguments)
        case "stops-list": listStops()
        case "vault-put": try await putSecret(arguments)
        case "vault-list": try await listSecrets()
        case "vault-remove": try await removeSecret(arguments)
        case "users-add": try await addUser(arguments)
        case "users-list": try await listUsers()
        case "users-disable": try await disableUser(arguments)
        case "users-password": try await setPassword(arguments)
        case "token-issue": try await issueToken(arguments)
        default: throw CommandError("unknown command '\(command.boundedText)'")
        }
    }

    func record(_ kind: String, by person: String = "operator", _ details: JSONObject) async throws {
        try await house.gate.journal.record(
            Act(kind, by: person, details: details, at: house.gate.now()), durability: .now)
    }

    private func status() async throws -> JSONValue {
        let snapshot = snapshot?()
        let entries = try await house.log.state().entries
        let delivered = try await house.deliveries.positions()
        let streams = house.inForce.value.log.streams.map { stream in
            "\(stream.name) has \(delivered[stream.name] ?? 0) of \(entries) entries"
        }
        return [
            "running": .bool(snapshot != nil),
            "snapshot": snapshot.map { .string($0.version) } ?? .null,
            "tools": JSONValue(snapshot?.catalogue.tools.count ?? 0),
            "held_back": JSONValue(snapshot?.catalogue.heldBack ?? 0),
            "suspended": JSONValue(snapshot?.catalogue.suspended ?? 0),
            "never": JSONValue(snapshot?.catalogue.never ?? 0),
            "stopped": .array(house.gate.admissions.stops.all.map { .string($0.scope.text) }),
            "waiting": JSONValue(try await house.gate.waiting().count),
            "streams": .string(streams.joined(separator: "; ")),
            "report_key": .string(house.noteKey.publicKey.text),
        ]
    }

    /// The report in one of its forms, and what it comes to.
    private func report(_ arguments: Arguments) async throws -> JSONValue {
        let report = try await look(arguments).report
        let format = arguments["format"] ?? ReportCommand.Format.json.rawValue
        try await record(
            "report-read", ["format": .string(format), "score": report.score.map { JSONValue($0.total) } ?? .null])
        let text =
            switch ReportCommand.Format(rawValue: format) {
            case .text:
                renderText(
                    report, inColour: arguments.object["colour"]?.bool ?? false,
                    isWhole: arguments.object["all"]?.bool ?? false)
            case .html: renderHTML(report)
            case .markdown: renderMarkdown(report)
            case .json: escaped(renderJSON(report).text) + "\n"
            case .sarif: escaped(renderSARIF(report, version: productVersion).text) + "\n"
            case nil: throw CommandError("'\(format.boundedText)' is no form of a report")
            }
        let note = try ReportNote(of: text, time: report.time).signed(by: house.noteKey)
        return [
            "report": .string(text), "open": .array(report.findings.filter(\.isOpen).map(\.failure)),
            "total": report.score.map { JSONValue($0.total) } ?? .null,
            "note": .string(note.description), "key": .string(house.noteKey.publicKey.text),
        ]
    }

    private func reloadConfiguration() async throws -> JSONValue {
        guard let reload else { throw CommandError("no server runs on this data directory") }
        let problems = await reload()
        guard problems.isEmpty else {
            throw CommandError(
                "the configuration has errors; the running one stays in force\n" + problems.joined(separator: "\n"))
        }
        try await house.journal.tellOthers("reload")
        let suspended = snapshot?().catalogue.suspended ?? 0
        return [
            "message": .string(
                "the new configuration is in force"
                    + (suspended > 0
                        ? "; \(suspended) tools cannot be reached until somebody looks at what changed: 'sallyport tools review'"
                        : ""))
        ]
    }
}

/// Arguments of an administrative command.
struct Arguments {
    let object: JSONObject

    subscript(key: String) -> String? {
        object[key]?.string
    }

    func required(_ key: String) throws -> String {
        guard let value = self[key], !value.isEmpty else { throw CommandError("'\(key)' is missing") }
        return value
    }

    func callID() throws -> CallID {
        let text = try required("call")
        guard let id = CallID(text) else { throw CommandError("'\(text.boundedText)' is no call id") }
        return id
    }
}
