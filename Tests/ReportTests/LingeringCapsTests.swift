import Core
import JSON
import Testing

@testable import Report

@Suite struct LingeringCapsTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func look(_ hoursAgo: Int, _ caps: Set<String>) -> Look {
        Look(
            at: now.advanced(bySeconds: -hoursAgo * 3600), total: 40, grade: "F", vector: nil, version: "v", tools: 2,
            never: 0, heldBack: 0, suspended: 0, open: [:], caps: caps)
    }

    @Test func `what capped within a day counts, with until when`() {
        let looks = [look(80, ["ungated"]), look(30, ["ungated", "wildcard"]), look(20, ["wildcard"]), look(1, [])]
        #expect(
            lingeringCaps(looks, at: now) == [
                .ungated: now.advanced(bySeconds: -20 * 3600), .wildcard: now.advanced(bySeconds: -3600),
            ])
        #expect(
            lingeringCaps(looks, at: now.advanced(bySeconds: 5 * 3600)) == [.wildcard: now.advanced(bySeconds: -3600)])
        #expect(lingeringCaps(looks, at: now.advanced(bySeconds: 24 * 3600)).isEmpty)
        #expect(lingeringCaps([look(90, ["ungated"])], at: now) == [.ungated: now], "nothing was otherwise since")
        #expect(lingeringCaps([], at: now).isEmpty)
        #expect(lingeringCaps([look(2, ["no-such-cap"]), look(1, [])], at: now).isEmpty)
    }

    @Test func `a tool that is taken away for a moment raises nothing`() throws {
        let all = Control.allCases.map { Observation($0, 1, .probe, "seen") }
        let before = try #require(measureScore(all, toolCount: 2, caps: [.ungated]))
        #expect(before.total == 49 && before.lingering.isEmpty)
        let hidden = try #require(
            measureScore(all, toolCount: 1, caps: [], lingering: lingeringCaps([look(1, ["ungated"])], at: now)))
        #expect(hidden.total == 49 && hidden.caps == [.ungated])
        #expect(hidden.words(.ungated).contains("it was so until \(now)"))
        let again = try #require(measureScore(all, toolCount: 2, caps: [.ungated], lingering: [.ungated: now]))
        #expect(again.total == 49 && again.words(.ungated) == Score.Cap.ungated.rawValue)
    }

    @Test func `a look keeps its caps`() {
        let look = look(0, ["ungated", "wildcard"])
        #expect(Look(json: .object(look.details), at: look.at) == look)
    }
}
