import Core
import JSON
import Synchronization
import Testing

@testable import Commands

@Suite struct PulseTests {
    @Test func `the journal is not tried more than once a second`() async {
        let pulse = Pulse()
        let tries = Mutex(0)
        func ask(at microseconds: Int64, answer: Bool) async -> Bool {
            await pulse.isWritable(at: Timestamp(microseconds: microseconds)) {
                tries.withLock { $0 += 1 }
                return answer
            }
        }
        #expect(await ask(at: 1, answer: true))
        #expect(await ask(at: 1_000_000, answer: false), "what was found is still new")
        #expect(await !ask(at: 1_000_001, answer: false))
        #expect(await !ask(at: 1_000_002, answer: true))
        #expect(await ask(at: 0, answer: true), "a clock that was set back is no reason to believe it for ever")
        #expect(tries.withLock { $0 } == 3)
    }

    @Test func `any part that fails makes it not ready`() {
        let all = Health(journal: true, log: true, snapshot: true, serving: true)
        #expect(all.isReady)
        for part in [\Health.journal, \.log, \.snapshot, \.serving] as [WritableKeyPath<Health, Bool>] {
            var health = all
            health[keyPath: part] = false
            #expect(!health.isReady && health.json.text.contains(#""failed""#))
        }
    }
}
