import Core
import Testing

@testable import Commands

@Suite struct ClockJumpTests {
    @Test(
        arguments: [
            (30, 30, nil), (33, 30, nil), (26, 30, nil), (-170, 30, -200), (3630, 30, 3600), (30, 3630, -3600),
        ] as [(Int, Int, Int?)])
    func `a clock that was set is told from one that drifts`(_ shown: Int, _ passed: Int, _ jump: Int?) {
        let earlier = Timestamp(seconds: 1_800_000_000)
        let found = clockJump(from: earlier, to: earlier.advanced(bySeconds: shown), after: .seconds(passed))
        #expect(found == jump)
    }
}
