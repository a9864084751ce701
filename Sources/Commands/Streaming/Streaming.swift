import Core
import Engine
import Evidence
import Logging
import ServiceLifecycle
import Settings
import Store
import Synchronization
import TransparencyLog

/// Delivers what is recorded to whom the configuration names, at least once and in its order. Who takes nothing is asked again
/// and again, and gets all of it when they do: calls wait for none of this.
final class Streaming: Service {
    private let house: House
    private let states = Mutex<[String: State]>([:])

    /// What is known of a stream between two rounds.
    private struct State {
        var isBusy = false
        var follower: EventFollower?
        var failures = 0
        var nextAttempt = ContinuousClock.now
        var losses = StreamLosses()
        var nextTold = ContinuousClock.now
    }

    private static let mostEntries = 256
    private static let mostBytes = 1 << 20
    private static let longestPause = 60

    init(house: House) {
        self.house = house
    }

    private var deliveries: Deliveries { house.deliveries }

    private var streams: [StreamSettings] { house.inForce.value.log.streams }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                repeat {
                    for stream in streams where begin(stream.name) {
                        group.addTask { [self] in await deliver(stream) }
                    }
                } while await Self.pause()
                group.cancelAll()
            }
        }
        // Another process goes on at once.
        for stream in streams { try? await deliveries.release(stream.name, at: house.gate.now()) }
    }

    /// - Returns: false once the service is to end.
    private static func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(1))
            return true
        } catch {
            return false
        }
    }

    /// Whether a stream is to be delivered now, and nobody does.
    private func begin(_ name: String) -> Bool {
        states.withLock { states in
            var state = states[name] ?? State()
            guard !state.isBusy, state.nextAttempt <= .now else { return false }
            state.isBusy = true
            states[name] = state
            return true
        }
    }

    private func change(_ name: String, _ body: (inout State) -> Void) {
        states.withLock { body(&$0[name, default: State()]) }
    }

    private func deliver(_ stream: StreamSettings) async {
        do {
            if try await !deliveries.isDone(stream.name, at: house.gate.now()) { try await deliverAll(stream) }
            house.complain("stream \(stream.name)", nil)
            change(stream.name) { state in
                state.isBusy = false
                state.failures = 0
            }
            try await tell(stream.name)
        } catch is CancellationError {
            change(stream.name) { $0.isBusy = false }
        } catch {
            let detail = (error as? StreamTarget.Fault)?.detail ?? (error as? JournalFault)?.detail ?? "\(error)"
            house.complain("stream \(stream.name)", "a stream is not taken, and waits: \(detail.boundedText)")
            change(stream.name) { state in
                state.isBusy = false
                state.failures = min(state.failures + 1, 16)
                state.nextAttempt = .now.advanced(by: .seconds(min(1 << (state.failures - 1), Self.longestPause)))
            }
        }
    }

    /// Delivers until nothing is left, or the stream is configured otherwise, or another process has it.
    private func deliverAll(_ stream: StreamSettings) async throws {
        let start = stream.startsNow ? nil : 0
        guard let position = try await deliveries.claim(stream.name, from: start, at: house.gate.now()) else { return }
        let known = states.withLock { $0[stream.name]?.follower }
        var follower = known.flatMap { $0.position == position ? $0 : nil } ?? EventFollower(house.log, after: position)
        let target = StreamTarget(stream: stream, origin: house.noteKey.publicKey.name, vault: house.vault)
        var most = Self.mostEntries
        while streams.contains(stream) {
            try Task.checkCancellation()
            var next = follower
            guard let batch = try await next.next(entries: most, bytes: Self.mostBytes) else { break }
            do throws(StreamTarget.Fault) {
                try await send(batch, to: target)
                most = min(most * 2, Self.mostEntries)
            } catch {
                guard case .refused(let cause) = error else { throw error }
                if most > 1 {
                    most /= 2
                    continue
                }
                // One entry that is too large, or never taken, must not keep all others back.
                try await sendShortened(batch, cause, to: target)
            }
            guard try await deliveries.remember(stream.name, batch.last, at: house.gate.now()) else { return }
            note(batch, after: follower.position, stream.name)
            follower = next
            change(stream.name) { $0.follower = follower }
        }
    }

    private func send(_ batch: EventFollower.Batch, to target: StreamTarget) async throws(StreamTarget.Fault) {
        guard let first = batch.events.first, let last = batch.events.last else { return }
        guard let refused = try await target.send(batch.events) else { return }
        // That what tells of refusals is refused as well goes without saying.
        guard !batch.events.allSatisfy({ $0.name == StreamLosses.act }) else { return }
        change(target.stream.name) {
            $0.losses.noteRefused(refused.count, refused.cause, first.position...last.position)
        }
    }

    private func sendShortened(
        _ batch: EventFollower.Batch, _ cause: String, to target: StreamTarget
    ) async throws(StreamTarget.Fault) {
        do throws(StreamTarget.Fault) {
            _ = try await target.send(batch.events.map(\.shortened))
        } catch {
            // Whoever does not even take that takes nothing.
            throw .failed(error.detail)
        }
        change(target.stream.name) { $0.losses.noteShortened(cause, batch.last) }
    }

    private func note(_ batch: EventFollower.Batch, after position: Int, _ name: String) {
        guard batch.missing > 0 else { return }
        change(name) { $0.losses.noteMissing(batch.missing, (position + 1)...batch.last) }
    }

    /// Writes down what could not be delivered, once a minute at most.
    private func tell(_ name: String) async throws {
        let losses = states.withLock { states -> StreamLosses? in
            guard let state = states[name], !state.losses.isEmpty, state.nextTold <= .now else { return nil }
            states[name]?.losses = StreamLosses()
            states[name]?.nextTold = .now.advanced(by: .seconds(60))
            return state.losses
        }
        guard let losses else { return }
        try await house.gate.journal.record(
            Act(StreamLosses.act, by: "system", details: losses.details(name), at: house.gate.now()), durability: .now)
    }
}
