package import Core
import Synchronization

/// Where calls pass on their way to be admitted, one by one or not at all.
///
/// An order to stop is acknowledged once every call that had passed before it is admitted or is not: what is admitted after
/// the acknowledgement is none that the order is about.
package final class Admissions: Sendable {
    private struct State {
        var stops = Stops()
        /// Orders of this process that the journal may not have.
        var unrecorded: [Stop.Scope: Stop] = [:]
        /// Counts orders. Calls belong to the one under which they passed.
        var epoch = 0
        /// How many calls of each epoch are on their way.
        var passing: [Int: Int] = [:]
        /// Who waits until no call of an epoch before theirs is on its way.
        var waiting: [(epoch: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// - Parameter stops: what is stopped from the beginning.
    package init(_ stops: Stops = Stops()) {
        var state = State()
        state.stops = stops
        self.state = Mutex(state)
    }

    package var stops: Stops { state.withLock { $0.stops } }

    /// Why a call may not run; nil where it may.
    package func objection(to call: Opening) -> Refusal? {
        state.withLock { $0.stops.stop(of: call) }.map(Refusal.init)
    }

    /// Lets a call pass.
    ///
    /// - Returns: what ``leave(_:)`` takes, once the call is admitted or is not.
    func pass(_ call: Opening) throws(Refusal) -> Int {
        let result = state.withLock { state -> Result<Int, Refusal> in
            if let stop = state.stops.stop(of: call) { return .failure(Refusal(stop)) }
            state.passing[state.epoch, default: 0] += 1
            return .success(state.epoch)
        }
        return try result.get()
    }

    func leave(_ epoch: Int) {
        let freed = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let left = (state.passing[epoch] ?? 1) - 1
            state.passing[epoch] = left > 0 ? left : nil
            guard left <= 0, !state.waiting.isEmpty else { return [] }
            let oldest = state.passing.keys.min() ?? Int.max
            let freed = state.waiting.filter { $0.epoch <= oldest }.map(\.continuation)
            state.waiting.removeAll { $0.epoch <= oldest }
            return freed
        }
        for continuation in freed { continuation.resume() }
    }

    /// Stops what an order is about. When this returns, no call that it is about will be admitted.
    package func stop(_ stop: Stop) async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state -> Bool in
                state.stops.add(stop)
                state.unrecorded[stop.scope] = stop
                state.epoch += 1
                guard !state.passing.isEmpty else { return true }
                state.waiting.append((state.epoch, continuation))
                return false
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// The order to stop is on disk: from now on what the journal says of it holds.
    package func noteRecorded(_ scope: Stop.Scope) {
        state.withLock { $0.unrecorded[scope] = nil }
    }

    /// Takes over what was ordered elsewhere, and keeps what was ordered here and is not on disk. Calls that have passed are kept by the journal from being admitted.
    package func replace(with stops: Stops) {
        state.withLock { state in
            state.stops = stops
            for stop in state.unrecorded.values { state.stops.add(stop) }
            state.epoch += 1
        }
    }

    /// Takes an order back.
    ///
    /// - Returns: false where there is none.
    package func resume(_ scope: Stop.Scope) -> Bool {
        state.withLock { state in
            state.unrecorded[scope] = nil
            return state.stops.remove(scope)
        }
    }
}

extension Refusal {
    fileprivate init(_ stop: Stop) {
        self.init(
            .stopped,
            "An operator stopped \(stop.scope.name == nil ? "all calls" : "calls of this kind"). Nothing was done; "
                + "tell the person you work for, and do not try other ways.",
            cause:
                "\(stop.scope.text.boundedText) is stopped by \(stop.by) since \(stop.at): \(stop.reason.boundedText)")
    }
}
