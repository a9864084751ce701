import Core
import Engine
import Foundation
import Synchronization

/// Ends this process as `kill -9` does: no handler, no flush.
func die() -> Never {
    kill(getpid(), SIGKILL)
    while true { pause() }
}

/// A journal in which the process dies at one point.
final class KillingJournal: Journal {
    private let sound: any Journal
    private let point: Point?
    /// Says that admissions are recorded, and records none: what the whole must find.
    private let forgetsAdmissions: Bool

    init(_ sound: any Journal, point: Point?, forgetsAdmissions: Bool) {
        self.sound = sound
        self.point = point
        self.forgetsAdmissions = forgetsAdmissions
    }

    func append(_ addition: Addition) async throws -> Bool {
        let (before, after): (Point?, Point?) =
            switch addition.call.phase {
            case .proposed: (.beforeProposal, .afterProposal)
            case .approved: (.beforeApproval, .afterApproval)
            case .admitted: (.beforeAdmission, .afterAdmission)
            case .settled: (.beforeOutcome, .afterOutcome)
            case .opened, .decided, .rejected, .expired, .withdrawn: (nil, nil)
            }
        if let point, point == before { die() }
        if forgetsAdmissions, addition.call.phase == .admitted { return true }
        let counts = try await sound.append(addition)
        if let point, point == after { die() }
        return counts
    }

    var knownOrders: Int? { sound.knownOrders }
    func abandoned(limit: Int) async throws -> [Call] { try await sound.abandoned(limit: limit) }
    func record(_ act: Act, durability: Durability) async throws { try await sound.record(act, durability: durability) }
    func call(_ id: CallID) async throws -> Call? { try await sound.call(id) }
    func latestCall(digest: Digest) async throws -> Call? { try await sound.latestCall(digest: digest) }
    func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call? {
        try await sound.latestUnknown(digest: digest, since: since)
    }
    func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        try await sound.call(idempotencyKey: idempotencyKey, of: principal)
    }
    func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        try await sound.calls(in: phase, limit: limit)
    }
    func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        try await sound.proposals(of: principal, at: now, limit: limit)
    }
    func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws {
        try await sound.keep(sealed, for: call, as: kind, until: until)
    }
    func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]? {
        try await sound.kept(for: call, as: kind, at: now)
    }
    func correct(_ reservations: [Reservation]) async throws { try await sound.correct(reservations) }
    func spent(_ key: String) async throws -> Int64 { try await sound.spent(key) }
    func discardKept(at now: Timestamp) async throws -> Int { try await sound.discardKept(at: now) }
    func search(_ filter: EntryFilter) async throws -> [Entry] { try await sound.search(filter) }
}
