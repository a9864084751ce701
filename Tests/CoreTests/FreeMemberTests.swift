import Core
import Crypto
import JSON
import Policy
import Testing

@Suite struct FreeMemberTests {
    private static let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
    private static let at = Timestamp(microseconds: 5)

    /// Events that have every member which is free text, each with a secret in it.
    private static let events: [CallEvent] = {
        var stakes = Stakes(amount: "12", counterparty: "to \(secret)")
        stakes.fields = [Change.Field("note", old: nil, new: secret)]
        let opening = Opening(
            principal: Principal(
                user: "alice", agent: "desk", tenant: nil, roles: ["support"], issuer: "i", scopes: [],
                expires: at),
            reference: ToolReference(name: "t", source: "s", bucket: "read", definition: Digest(of: [1])),
            arguments: ["note": .string("a \"quoted\" \(secret)"), secret: 7], stakes: stakes, digest: Digest(of: [2]),
            idempotencyKey: secret, trace: secret, snapshot: "s1")
        let decision = Decision(
            effect: .ask, isCertain: true, because: ["rule"], errors: ["no \(secret)", "é"], policyVersion: "p")
        let outcome = Outcome(kind: .unknown, cause: secret, records: ["r1", secret])
        let kinds: [CallEvent.Kind] = [
            .opened(opening), .decided(decision),
            .proposed(expires: at, change: Change(title: "Send \(secret)", warnings: ["w"])),
            .approved(Verdict(by: "bob", roles: ["lead"], reason: "see \(secret)", channel: "page")),
            .admitted, .settled(outcome), .reconciled(outcome, by: "bob"),
        ]
        return kinds.map { CallEvent($0, at: at) }
    }()

    @Test func `what is noted is the values of the free members, and all of them`() throws {
        var seen: Set<String> = []
        for event in Self.events {
            var writer = JSONWriter()
            var free: [Range<Int>] = []
            writer.raw("[")
            event.write(to: &writer, noting: &free)
            writer.raw("]")
            #expect(writer.bytes == JSONValue.array([event.json]).bytes)
            let members = (event.json.object ?? [:]).filter { FreeMember.extents[$0.key] != nil }
            #expect(free.map { Array(writer.bytes[$0]) } == members.map(\.value.bytes))
            seen.formUnion(members.map(\.key))
        }
        #expect(seen == Set(FreeMember.extents.keys))
    }

    @Test func `a sweep of what is noted takes out what a sweep of everything does`() throws {
        let key = SymmetricKey(data: [UInt8](repeating: 3, count: 32))
        var known = KnownSecrets(key: key)
        for value in ["quoted\" ghp_", "to ghp_0123"] {
            known.marks(of: Array(value.utf8)).forEach { known.insert($0) }
        }
        let all = known
        let sweeper = Sweeper(known: { all }) { Digest(keyed: key, of: $0) }
        for event in Self.events {
            var writer = JSONWriter()
            var free: [Range<Int>] = []
            event.write(to: &writer, noting: &free)
            let swept = sweeper.sweep(json: writer.bytes, only: FreeMember.extents, in: free)
            #expect(swept == sweeper.sweep(json: writer.bytes, only: FreeMember.extents))
            #expect((swept == nil) == free.isEmpty)
            #expect(!String(decoding: swept ?? writer.bytes, as: UTF8.self).contains(Self.secret))
        }
    }
}
