import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import Logging
import Policy
import Report
import Settings
import Synchronization
import Vault

/// Tries on a twin of the gateway what nobody may try on the gateway itself.
///
/// What cannot be tried, because no call that policy decides in the needed way can be made up, stays unknown.
///
/// - Parameter checkGoesOn: throws where the rest need not be tried any more.
func probe(
    _ configuration: Configuration, _ catalogue: Catalogue, logger: Logger,
    _ checkGoesOn: @escaping @Sendable () throws -> Void = {}
) async throws -> Examination {
    try checkGoesOn()
    return try await Twin.open(configuration, catalogue) { twin in
        var prober = Prober(twin: twin, logger: logger, checkGoesOn: checkGoesOn)
        try await prober.run()
        return prober.examination
    }
}

struct Prober {
    let twin: Twin
    let logger: Logger
    let checkGoesOn: @Sendable () throws -> Void
    var examination = Examination()

    init(twin: Twin, logger: Logger, checkGoesOn: @escaping @Sendable () throws -> Void = {}) {
        self.twin = twin
        self.logger = logger
        self.checkGoesOn = checkGoesOn
    }

    /// Tries one after the other. What throws stays unknown, and the others are tried all the same.
    mutating func run() async throws {
        let reads = twin.witnesses(.allow, limit: 5)
        let asked = twin.witnesses(.ask, limit: 1)
        await attempt { try await $0.tryWithoutToken(reads.first) }
        if twin.hasLocalIssuer { await attempt { try await $0.tryForgedTokens() } }
        await attempt { try await $0.tryMalformed() }
        if let ask = asked.first {
            await attempt { try await $0.tryApproval(ask) }
            await attempt { try await $0.trySeparation(ask) }
        }
        if !reads.isEmpty {
            await attempt { try await $0.tryShapes(reads) }
            await attempt { try await $0.tryCanary(reads) }
        }
        if let read = reads.first {
            await attempt { try await $0.tryStop(read) }
            await attempt { try await $0.tryRemoval(read) }
        }
    }

    private mutating func attempt(_ body: (inout Prober) async throws -> Void) async {
        do {
            try checkGoesOn()
            try await body(&self)
        } catch is CancellationError {
        } catch {
            logger.error("something could not be tried", metadata: ["cause": "\(error)"])
        }
    }

    mutating func add(_ control: Control, _ result: Double, _ evidence: String) {
        examination.add(Observation(control, result, .probe, evidence + ", on a twin"))
    }

    // MARK: A1, A2

    /// - Parameter extra: headers to try beside the others.
    mutating func tryWithoutToken(_ witness: Witness?, also extra: [String] = []) async throws {
        let list = Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8)
        var tried = 0
        var open = 0
        var cases = [
            [], ["Authorization: Bearer"], ["Authorization: Bearer null"], ["Authorization: Basic YWRtaW46YWRtaW4="],
            ["X-Forwarded-User: admin"], ["Cookie: session=admin"], ["Authorization: Bearer \(twin.canary)"],
        ]
        if !extra.isEmpty { cases.append(extra) }
        for headers in cases {
            let answer = try await twin.post(list, token: nil, headers: headers)
            // Where nothing came back, nothing is known.
            guard answer.status != 0 else { return }
            tried += 1
            if (200..<300).contains(answer.status) { open += 1 }
        }
        if let witness {
            _ = try await twin.token(for: witness.somebody)
            let attempt = try await twin.attempt(witness, witness.arguments, token: nil)
            guard attempt.answer.status != 0 else { return }
            tried += 1
            if (200..<300).contains(attempt.answer.status) || !attempt.requests.isEmpty { open += 1 }
        }
        add(
            .reach, open == 0 ? 1 : 0,
            "\(tried - open) of \(tried) requests without a valid token were refused at the endpoint")
        if open > 0 { examination.caps.insert(.unauthenticated) }
    }

    mutating func tryForgedTokens() async throws {
        let somebody = Somebody(user: "forger-in-the-twin", agent: "examination", tenant: nil, roles: [])
        let token = try await twin.token(for: somebody, hasCredential: false)
        guard await twin.isAccepted(token), let user = try await twin.house.users.user(somebody.user) else {
            // Where a true token is refused, refusals show nothing.
            return
        }
        let forgeries = try twin.house.issuer.forgeries(
            of: token, for: user, audience: twin.configuration.resource, at: twin.house.gate.now())
        var accepted: [String] = []
        for (name, forgery) in forgeries where await twin.isAccepted(forgery) { accepted.append(name) }
        add(
            .forgedTokens, 1 - Double(accepted.count) / Double(max(1, forgeries.count)),
            accepted.isEmpty
                ? "\(forgeries.count) forged tokens refused, one true token accepted"
                : "accepted: \(accepted.joined(separator: ", "))")
        if accepted.contains("another audience") { examination.caps.insert(.audienceUnchecked) }
        if accepted.contains(where: { $0 != "another audience" }) { examination.caps.insert(.unauthenticated) }
        try await twin.disable(somebody.user)
        let isGone = !(await twin.isAccepted(token))
        let minutes = LocalIssuer.defaultLifetimeSeconds / 60
        add(
            .tokenLife, (isGone ? 0.5 : 0) + (minutes <= 60 ? 0.5 : 0),
            "local tokens live for \(minutes) minutes unless asked otherwise; that of a user who was disabled \(isGone ? "was refused at once" : "still counted")"
        )
    }

    // MARK: F1

    mutating func tryMalformed(
        _ all: (_ token: String, _ host: String) -> [MalformedRequest] = MalformedRequest.all
    ) async throws {
        let token = try await twin.token(
            for: Somebody(user: "reader-in-the-twin", agent: "examination", tenant: nil, roles: []),
            hasCredential: false)
        guard try await twin.send(MalformedRequest.wellFormed(token: token, host: twin.host).bytes).isResult else {
            return
        }
        var accepted: [String] = []
        let cases = all(token, twin.host)
        for item in cases where try await twin.send(item.bytes).isResult { accepted.append(item.name) }
        add(
            .strictParsing, 1 - Double(accepted.count) / Double(cases.count),
            accepted.isEmpty
                ? "\(cases.count) malformed requests refused, the same request well formed answered"
                : "answered: \(accepted.joined(separator: ", "))")
    }

    // MARK: C2, C3

    mutating func tryApproval(_ witness: Witness) async throws {
        let token = try await twin.token(for: witness.somebody)
        func ask(_ arguments: JSONObject) async throws -> Twin.Answer {
            try await twin.call(witness.tool.name, arguments, token: token)
        }
        let before = twin.trap.requests.count
        func sent() -> Int { twin.trap.requests.count - before }
        let gate = twin.house.gate
        _ = try await ask(witness.arguments)
        _ = try await ask(witness.arguments)
        let waiting = try await gate.waiting().filter { $0.opening.tool == witness.tool.name }
        guard waiting.count == 1, let call = waiting.first, sent() == 0 else {
            return add(.singleUse, 0, "a call of '\(witness.tool.name)' that has to be asked was sent, or asked twice")
        }
        guard try await approve(call) else { return }
        var faults: [String] = []
        if let other = sampleValue(of: witness.tool.inputSchema, text: "other", whole: true)?.object,
            other != witness.arguments,
            Witness(witness.somebody, witness.tool, other, twin.configuration, twin.catalogue)?.decision.effect == .ask
        {
            _ = try await ask(other)
            if sent() > 0 { faults.append("other arguments ran on it") }
        }
        _ = try await withThrowingTaskGroup(of: Void.self) { [twin] group in
            for _ in 0..<8 {
                group.addTask { _ = try await twin.call(witness.tool.name, witness.arguments, token: token) }
            }
            try await group.waitForAll()
        }
        _ = try await ask(witness.arguments)
        if sent() != 1 { faults.append("it was sent \(sent()) times") }
        add(
            .singleUse, faults.isEmpty ? 1 : 0,
            faults.isEmpty
                ? "an approved call of '\(witness.tool.name)' was repeated 9 times, 8 at once, and sent once; with other arguments it was not"
                : "one approval: \(faults.joined(separator: "; "))")
    }

    /// Has people of the twin approve a call.
    ///
    /// - Returns: false where nobody can.
    private func approve(_ call: Call) async throws -> Bool {
        for approver in Twin.approvers {
            let roles = twin.configuration.people[approver]?.roles ?? []
            let decided = try? await twin.house.gate.decideProposal(
                call.id, ApproverAnswer(isApproved: true, channel: "twin"), by: Approver(approver, roles: roles))
            if decided?.phase == .approved { return true }
        }
        return false
    }

    /// - Parameter decider: who tries to approve their own; whoever asks otherwise.
    mutating func trySeparation(_ witness: Witness, deciding decider: String? = nil) async throws {
        var somebody = witness.somebody
        if twin.isFree(somebody.user) { somebody.user = "requester-in-the-twin" }
        let token = try await twin.token(for: somebody)
        let gate = twin.house.gate
        let before = twin.trap.requests.count
        _ = try await twin.call(witness.tool.name, witness.arguments, token: token)
        guard let call = try await gate.waiting().first(where: { $0.opening.principal.user == somebody.user }) else {
            return
        }
        let roles = Set(call.decision?.demands.flatMap(\.roles) ?? [])
        let yes = ApproverAnswer(isApproved: true, channel: "twin")
        var passed: [String] = []
        if (try? await gate.decideProposal(
            call.id, yes, by: Approver(decider ?? somebody.user, roles: roles))) != nil
        {
            passed.append("the requester")
        }
        if (try? await gate.decideProposal(
            call.id, yes, by: Approver(Twin.approvers[0], subjects: [somebody.user], roles: roles))) != nil
        {
            passed.append("a second account of the requester")
        }
        if (try? await gate.decideProposal(
            call.id, yes, by: Approver(Twin.approvers[1], roles: []))) != nil
        {
            passed.append("somebody without the role")
        }
        _ = try await twin.call(witness.tool.name, witness.arguments, token: token)
        if twin.trap.requests.count != before { passed.append("nobody") }
        add(
            .separation, passed.isEmpty ? 1 : 0,
            passed.isEmpty
                ? "the requester, a second account of theirs and somebody without the role could not approve '\(witness.tool.name)'"
                : "approved by \(passed.joined(separator: ", "))")
    }

    // MARK: F3

    mutating func tryShapes(_ witnesses: [Witness]) async throws {
        var compared = 0
        var refused = 0
        var changed: [String] = []
        for witness in witnesses {
            let token = try await twin.token(for: witness.somebody)
            let names = witness.arguments.compactMap { $0.value.string == Twin.text ? $0.key : nil }
            guard !names.isEmpty,
                let plain = try await twin.attempt(witness, witness.arguments, token: token).requests.first
            else { continue }
            for name in names {
                for hostile in hostileTexts {
                    var arguments = witness.arguments
                    arguments[name] = .string(hostile)
                    let attempt = try await twin.attempt(witness, arguments, token: token)
                    if attempt.isRefusal {
                        refused += 1
                        continue
                    }
                    // Neither sent nor refused: nothing is known.
                    guard let request = attempt.requests.first else { return }
                    compared += 1
                    if attempt.requests.count > 1 || !request.hasShape(of: plain, value: hostile) {
                        changed.append("\(witness.tool.name).\(name)")
                    }
                }
            }
        }
        guard compared + refused > 0 else { return }
        add(
            .requestShape, changed.isEmpty ? 1 : 0,
            changed.isEmpty
                ? "\(compared + refused) hostile values: \(refused) refused, \(compared) sent as values and nothing else"
                : "a value changed the request: \(Set(changed).sorted().joined(separator: ", "))")
    }

    // MARK: E1, E4

    mutating func tryCanary(_ witnesses: [Witness]) async throws {
        var echoed = 0
        for witness in witnesses where twin.configuration.hasCredential(for: witness.tool) {
            let token = try await twin.token(for: witness.somebody)
            for form in [twin.canary, Data(twin.canary.utf8).base64EncodedString()] {
                let answer = witness.tool.answer.flatMap { sampleValue(of: $0.schema, text: form, whole: true) }
                let before = twin.trap.requests.count
                twin.trap.answer(with: (answer ?? ["echo": .string(form)]).bytes)
                _ = try await twin.call(witness.tool.name, witness.arguments, token: token)
                let requests = twin.trap.requests
                guard requests.count > before,
                    leaks(Array(twin.canary.utf8), in: requests[before].bytes)
                else { continue }
                echoed += 1
            }
        }
        twin.trap.answer(with: Array("{}".utf8))
        // Where no request carried the secret, its absence in answers shows nothing.
        guard echoed > 0 else { return }
        let canary = Array(twin.canary.utf8)
        let isShown = leaks(canary, in: twin.seen.withLock { $0 })
        add(
            .canary, isShown ? 0 : 1,
            isShown
                ? "an agent was shown the secret of the source"
                : "the source sent the secret back in \(echoed) answers, and no agent was shown it")
        if isShown { examination.caps.insert(.secretSeen) }
        let isRecorded = leaks(canary, in: try await twin.recorded())
        if isRecorded {
            add(.secretsInTheClear, 0, "the secret of the source is in the log")
        }
    }

    // MARK: G3

    mutating func tryStop(_ witness: Witness) async throws {
        let token = try await twin.token(for: witness.somebody)
        guard try await twin.attempt(witness, witness.arguments, token: token).requests.count == 1 else { return }
        let admissions = twin.house.gate.admissions
        var passed: [String] = []
        let scopes: [Stop.Scope] = [
            .all, .agent(witness.somebody.agent), .user(witness.somebody.user), .tool(witness.tool.name),
            .source(witness.tool.source),
        ]
        for scope in scopes {
            await admissions.stop(
                Stop(scope, by: "twin", at: twin.house.gate.now(), reason: "to see whether it holds"))
            if !(try await twin.attempt(witness, witness.arguments, token: token).isRefusal) {
                passed.append(scope.kind)
            }
            _ = admissions.resume(scope)
        }
        let runsAgain = try await twin.attempt(witness, witness.arguments, token: token).requests.count == 1
        add(
            .killSwitch, passed.isEmpty && runsAgain ? 1 : 0,
            passed.isEmpty
                ? "everything, the agent, the user, the tool and the source were stopped in turn: the next call was refused"
                : "stopped, and a call still ran: \(passed.joined(separator: ", "))")
    }

    // MARK: B5

    mutating func tryRemoval(_ witness: Witness) async throws {
        let token = try await twin.token(for: witness.somebody)
        guard try await twin.attempt(witness, witness.arguments, token: token).requests.count == 1 else { return }
        var faults: [String] = []
        var words = ["the user"]
        if let credential = twin.configuration.sources.first(where: { $0.name == witness.tool.source })?.credential,
            credential.isPerUser
        {
            words.insert("the credential", at: 0)
            _ = try await twin.house.vault.remove(
                credential.secret, for: .user(witness.somebody.user, tenant: witness.somebody.tenant))
            if !(try await twin.attempt(witness, witness.arguments, token: token).isRefusal) {
                faults.append("the credential")
            }
        }
        try await twin.disable(witness.somebody.user)
        let attempt = try await twin.attempt(witness, witness.arguments, token: token)
        if attempt.answer.status != 401 || !attempt.requests.isEmpty { faults.append("the user") }
        add(
            .removal, faults.isEmpty ? 1 : 0,
            faults.isEmpty
                ? "\(words.joined(separator: " and ")) taken away: the next call was refused"
                : "taken away, and it still worked: \(faults.joined(separator: ", "))")
    }
}

/// Values that would be something else than a value, if anybody took them so.
private let hostileTexts = [
    "../../admin", "..", "a/b", "a?admin=1", "a#b", "a&admin=1", "a;admin=1", "%2e%2e%2fadmin", "a%00b", "a b",
    "a\r\nX-Admin: 1", "a\u{0}b", "//evil.example/", "https://evil.example/", "a\u{2025}b", "{admin}", "a+b=c",
]

extension Twin {
    /// What texts without a form of their own hold in calls that are made up.
    static let text = "plain"

    fileprivate func witnesses(_ effect: Effect, limit: Int) -> [Witness] {
        // Tools with a text among their arguments first: there is more to try with them.
        let found = Witness.find(effect, in: configuration, catalogue, text: Self.text, limit: 40)
        return Array(
            found.enumerated().sorted { left, right in
                let texts = (left.element.texts, right.element.texts)
                return texts.0 == texts.1 ? left.offset < right.offset : texts.0 > texts.1
            }.map(\.element).prefix(limit))
    }

    /// Whether policy does not know the user by name, so that any other name would do.
    fileprivate func isFree(_ user: String) -> Bool {
        user.hasSuffix("-in-the-twin")
    }
}

extension Witness {
    fileprivate var texts: Int { arguments.count { $0.value.string == Twin.text } }
}

extension Configuration {
    fileprivate func hasCredential(for tool: Tool) -> Bool {
        sources.contains { $0.name == tool.source && $0.credential != nil }
    }
}
