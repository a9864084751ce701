import Backends
import Core
import Engine
import Foundation
import Identity
import JSON
import Policy
import Report
import Settings
import Synchronization
import Vault

/// Tries on a twin of the gateway what nobody may try on the gateway itself.
///
/// What cannot be tried, because no call that policy decides in the needed way can be made up, stays unknown.
func probe(_ configuration: Configuration, _ catalogue: Catalogue) async throws -> Examination {
    try await Twin.open(configuration, catalogue) { twin in
        var prober = Prober(twin: twin)
        try await prober.run()
        return prober.examination
    }
}

struct Prober {
    let twin: Twin
    var examination = Examination()

    init(twin: Twin) {
        self.twin = twin
    }

    mutating func run() async throws {
        let reads = twin.witnesses(.allow, limit: 5)
        let asked = twin.witnesses(.ask, limit: 1)
        try await tryWithoutToken(reads.first)
        try await tryForgedTokens()
        try await tryMalformed()
        if let ask = asked.first {
            try await tryApproval(ask)
            try await trySeparation(ask)
        }
        if !reads.isEmpty {
            try await tryShapes(reads)
            try await tryCanary(reads)
        }
        if let read = reads.first {
            try await tryStop(read)
            try await tryRemoval(read)
        }
    }

    mutating func add(_ control: Control, _ result: Double, _ evidence: String) {
        examination.add(Observation(control, result, .probe, evidence + ", on a twin"))
    }

    // MARK: A1, A2

    /// - Parameter extra: one more header to try.
    mutating func tryWithoutToken(_ witness: Witness?, also extra: [String] = []) async throws {
        let list = Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8)
        var tried = 0
        var open = 0
        for headers in [
            [], ["Authorization: Bearer"], ["Authorization: Bearer null"], ["Authorization: Basic YWRtaW46YWRtaW4="],
            ["X-Forwarded-User: admin"], ["Cookie: session=admin"], ["Authorization: Bearer \(twin.canary)"], extra,
        ] {
            let answer = try await twin.post(list, token: nil, headers: headers)
            tried += 1
            if answer.status != 401 { open += 1 }
        }
        if let witness {
            _ = try await twin.token(for: witness.somebody)
            let answer = try await twin.call(witness.tool.name, witness.arguments, token: nil)
            tried += 1
            if answer.status != 401 || !twin.trap.requests.isEmpty { open += 1 }
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

    mutating func tryMalformed(_ all: (_ token: String) -> [MalformedRequest] = MalformedRequest.all) async throws {
        let token = try await twin.token(
            for: Somebody(user: "reader-in-the-twin", agent: "examination", tenant: nil, roles: []),
            hasCredential: false)
        guard try await twin.send(MalformedRequest.wellFormed(token: token).bytes).isResult else { return }
        var accepted: [String] = []
        let cases = all(token)
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
            other != witness.arguments
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
                call.id, isApproved: true, by: approver, roles: roles, reason: nil, channel: "twin")
            if decided?.phase == .approved { return true }
        }
        return false
    }

    mutating func trySeparation(_ witness: Witness) async throws {
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
        var passed: [String] = []
        if (try? await gate.decideProposal(
            call.id, isApproved: true, by: somebody.user, roles: roles, reason: nil, channel: "twin")) != nil
        {
            passed.append("the requester")
        }
        if (try? await gate.decideProposal(
            call.id, isApproved: true, by: Twin.approvers[0], subjects: [somebody.user], roles: roles, reason: nil,
            channel: "twin")) != nil
        {
            passed.append("a second account of the requester")
        }
        if (try? await gate.decideProposal(
            call.id, isApproved: true, by: Twin.approvers[1], roles: [], reason: nil, channel: "twin")) != nil
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
            guard !names.isEmpty, let plain = try await request(witness, witness.arguments, token) else { continue }
            for name in names {
                for hostile in hostileTexts {
                    var arguments = witness.arguments
                    arguments[name] = .string(hostile)
                    guard let request = try await request(witness, arguments, token) else {
                        refused += 1
                        continue
                    }
                    compared += 1
                    if !request.hasShape(of: plain, value: hostile) {
                        changed.append("\(witness.tool.name).\(name)")
                    }
                }
            }
        }
        guard compared + refused > 0 else { return }
        add(
            .requestShape, changed.isEmpty ? 1 : 0,
            changed.isEmpty
                ? "\(compared + refused) hostile values: \(refused) refused, \(compared) sent without changing method, path, query names or headers"
                : "a value changed the request: \(Set(changed).sorted().joined(separator: ", "))")
    }

    /// What the source got of one call; nil where nothing was sent.
    private func request(_ witness: Witness, _ arguments: JSONObject, _ token: String) async throws -> TrapSource
        .Request?
    {
        let before = twin.trap.requests.count
        _ = try await twin.call(witness.tool.name, arguments, token: token)
        let requests = twin.trap.requests
        return requests.count == before + 1 ? requests[before] : nil
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
        guard try await request(witness, witness.arguments, token) != nil else { return }
        let admissions = twin.house.gate.admissions
        var passed: [String] = []
        let scopes: [Stop.Scope] = [
            .all, .agent(witness.somebody.agent), .user(witness.somebody.user), .tool(witness.tool.name),
            .source(witness.tool.source),
        ]
        for scope in scopes {
            await admissions.stop(
                Stop(scope, by: "twin", at: twin.house.gate.now(), reason: "to see whether it holds"))
            if try await request(witness, witness.arguments, token) != nil { passed.append(scope.kind) }
            _ = admissions.resume(scope)
        }
        let runsAgain = try await request(witness, witness.arguments, token) != nil
        add(
            .killSwitch, passed.isEmpty && runsAgain ? 1 : 0,
            passed.isEmpty
                ? "everything, the agent, the user, the tool and the source were stopped in turn: the next call was refused"
                : "stopped, and a call still ran: \(passed.joined(separator: ", "))")
    }

    // MARK: B5

    mutating func tryRemoval(_ witness: Witness) async throws {
        let token = try await twin.token(for: witness.somebody)
        guard try await request(witness, witness.arguments, token) != nil else { return }
        var faults: [String] = []
        var words = ["the user"]
        if let credential = twin.configuration.sources.first(where: { $0.name == witness.tool.source })?.credential,
            credential.isPerUser
        {
            words.insert("the credential", at: 0)
            _ = try await twin.house.vault.remove(
                credential.secret, for: .user(witness.somebody.user, tenant: witness.somebody.tenant))
            if try await request(witness, witness.arguments, token) != nil { faults.append("the credential") }
        }
        try await twin.disable(witness.somebody.user)
        let answer = try await twin.call(witness.tool.name, witness.arguments, token: token)
        if answer.status != 401 { faults.append("the user") }
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

extension TrapSource.Request {
    var bytes: [UInt8] {
        Array((target + headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + "\n").utf8) + body
    }

    /// Whether the request differs from another one by a value alone.
    func hasShape(of other: TrapSource.Request, value: String) -> Bool {
        guard method == other.method, segments.count == other.segments.count, queryNames == other.queryNames,
            headers.map(\.name) == other.headers.map(\.name)
        else { return false }
        // One segment may be the value's own, and it is never a step up.
        let differing = zip(segments, other.segments).filter { $0 != $1 }
        guard differing.count <= 1 else { return false }
        return differing.allSatisfy { segment, _ in
            let decoded = String(segment).removingPercentEncoding
            return decoded == value && decoded != "." && decoded != ".."
        }
    }
}
