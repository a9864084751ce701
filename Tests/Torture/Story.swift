import Core
import Engine
import Foundation
import JSON
import Policy
import Risk
import Store

/// One refund that a person has to approve, told from the beginning or gone on with after a crash: the gate with its stored
/// journal, a source that writes each effect to a file, a client that repeats its call, and a person who approves what waits.
struct Story {
    let place: Place
    var point: Point?
    var forgetsAdmissions = false
    /// Where the process before this one was killed.
    var earlier: Point?

    private static let principal = Principal(
        user: "ana", agent: "agent", tenant: "north", roles: [], issuer: "test",
        expires: Timestamp(seconds: 9_999_999_999))

    private var effects: String { place.folder + "/effects" }

    /// Tells it to its end.
    ///
    /// - Returns: what is wrong then, a line each.
    func tell() async throws -> [String] {
        if point == .anyMoment {
            let microseconds = Int.random(in: 0...40_000)
            DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(microseconds)) { die() }
        }
        let (database, stored, leave) = try await place.open()
        let gate = Gate(
            journal: KillingJournal(stored, point: point, forgetsAdmissions: forgetsAdmissions), vault: PlainVault(),
            now: now, refresh: { try await stored.takeOrders {} }
        ) { time in CallID(at: time, random: (.random(in: .min ... .max), .random(in: .min ... .max))) }
        _ = try await gate.recover()
        // The database's server hears of a killed process within milliseconds.
        for _ in 0..<500 where place.url != nil && earlier != nil {
            guard try await stored.processCount() > 1 else { break }
            try await Task.sleep(for: .milliseconds(5))
            _ = try await gate.recover()
        }
        let claimed = try await goOn(gate)
        let wrong = try await check(stored, claimed: claimed)
        await leave()
        try await database.close()
        return wrong
    }

    /// Repeats the call until there is nothing more to wait for.
    ///
    /// - Returns: whether the client was told that it happened.
    private func goOn(_ gate: Gate) async throws -> Bool {
        for _ in 0..<20 {
            let reply = await gate.serve(
                ToolRequest(name: "create_refund", arguments: ["amount": 500]), as: Self.principal, in: try snapshot)
            switch reply {
            case .pending(let call):
                if earlier?.isApproved == true {
                    print("lost: a yes that was recorded is asked for again")
                    return false
                }
                _ = try? await gate.decideProposal(
                    call.id, ApproverAnswer(isApproved: true, channel: "torture"),
                    by: Approver("ben", roles: ["manager"]))
            case .answer: return true
            case .earlier(_, let call): return call.outcome?.kind == .result
            case .refused(let refusal, _):
                guard refusal.code == .busy || refusal.code == .notRecorded else { return false }
            }
        }
        return false
    }

    private func check(_ journal: any Journal, claimed: Bool) async throws -> [String] {
        let text = (try? String(contentsOfFile: effects, encoding: .utf8)) ?? ""
        let written = text.split(separator: "\n").map(String.init)
        var wrong: [String] = []
        if point == nil, let wanted = earlier?.effects, written.count != wanted {
            wrong.append(
                "\(written.count > wanted ? "doubled" : "lost"): \(written.count) effects instead of \(wanted)")
        }
        if written.count > 1 { wrong.append("doubled: \(written.count) effects of one approval") }
        for id in Set(written) {
            guard let call = try await CallID(id).asyncMap({ try await journal.call($0) }) ?? nil else {
                wrong.append("lost: an effect of a call that the journal does not know")
                continue
            }
            if !call.verdicts.contains(where: { $0.by == "ben" }) { wrong.append("unapproved: \(id)") }
            if call.outcome == nil { wrong.append("lost: an effect of a call without an outcome") }
        }
        if claimed, written.isEmpty { wrong.append("lost: the client was told of an effect that is not there") }
        return wrong
    }

    private var snapshot: Snapshot {
        get throws {
            let schema: JSONValue = ["type": "object"]
            let tool = Tool(
                name: "create_refund", description: "", source: "shop", inputSchema: schema,
                arguments: DeferredSchema(schema), risk: Risk(level: .critical, effect: .dataChange, confidence: .high),
                bucket: .write, scope: Scope(.userCredential), definition: Digest(of: [1]))
            return Snapshot(
                version: "s",
                policy: Policy(
                    rules: [Rule(id: "refunds", effect: .ask, approval: ApprovalDemand(roles: ["manager"]))],
                    version: "p"),
                catalogue: Catalogue([tool]), backends: ["shop": FileSource(path: effects, point: point)],
                approvers: ["ben": ["manager"]])
        }
    }
}

/// Does what it is asked by writing a line to a file.
private struct FileSource: Backend {
    let path: String
    let point: Point?

    func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
        Departure { permit in
            if point == .beforeEffect { die() }
            let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
            guard file >= 0 else { return .failed(didSend: false, cause: "no file") }
            let line = Array((permit.call.text + "\n").utf8)
            let count = unsafe write(file, line, line.count)
            fsync(file)
            close(file)
            guard count == line.count else { return .failed(didSend: true, cause: "not written") }
            if point == .afterEffect { die() }
            return .answered(status: 200, mediaType: "application/json", body: Array("{}".utf8))
        }
    }
}

private struct PlainVault: Vault {
    func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)? { nil }
    func digest(of bytes: [UInt8]) -> Digest { Digest(of: bytes) }
    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8] { bytes }
    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8] { sealed }
}

private func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async throws -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
