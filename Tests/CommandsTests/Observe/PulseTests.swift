import Core
import JSON
import Synchronization
import Testing

@testable import Commands

@Suite(.timeLimit(.minutes(1))) struct PulseTests {
    private final class Tries: Sendable {
        let count = Mutex(0)
    }

    @Test func `the journal is not tried more than once a second`() async {
        let pulse = Pulse()
        let tries = Tries()
        func ask(at microseconds: Int64, answer: Bool) async -> Bool {
            await pulse.probe(at: Timestamp(microseconds: microseconds)) {
                tries.count.withLock { $0 += 1 }
                return answer
            } == .written
        }
        #expect(await ask(at: 1, answer: true))
        #expect(await ask(at: 1_000_000, answer: false), "what was found is still new")
        #expect(await !ask(at: 1_000_001, answer: false))
        #expect(await !ask(at: 1_000_002, answer: true))
        #expect(await ask(at: 0, answer: true), "a clock that was set back is no reason to believe it for ever")
        #expect(tries.count.withLock { $0 } == 3)
    }

    /// Held open until it is let go on.
    private final class Door: Sendable {
        private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

        var count: Int { state.withLock { $0.waiting.count } }

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state = (true, []) }
                return state.waiting
            }
            for one in waiting { one.resume() }
        }
    }

    @Test func `all who ask share one try`() async {
        let patience = Door(), journal = Door(), tries = Tries()
        let pulse = Pulse { await patience.pass() }
        await withTaskGroup(of: Pulse.Probe.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    await pulse.probe(at: Timestamp(seconds: 1)) {
                        tries.count.withLock { $0 += 1 }
                        await journal.pass()
                        return true
                    }
                }
            }
            while patience.count < 5 { await Task.yield() }
            journal.open()
            for await probe in group { #expect(probe == .written) }
        }
        #expect(tries.count.withLock { $0 } == 1)
        patience.open()
    }

    @Test func `nobody waits longer than they have patience, and what comes later is known all the same`() async {
        let journal = Door(), tries = Tries()
        let pulse = Pulse {}
        let ask: @Sendable () async -> Pulse.Probe = {
            await pulse.probe(at: Timestamp(seconds: 1)) {
                tries.count.withLock { $0 += 1 }
                await journal.pass()
                return true
            }
        }
        for _ in 0..<3 { #expect(await ask() == .late) }
        journal.open()
        while await ask() == .late { await Task.yield() }
        #expect(await ask() == .written)
        #expect(tries.count.withLock { $0 } == 1)
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
