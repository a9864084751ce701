import Synchronization
import Telemetry

/// Spans that wait for the collector. Adding never waits; what does not fit is dropped and counted.
final class SpanQueue: Sendable {
    private struct State {
        var spans: [Span] = []
        var figures = SpanFigures()
    }

    static let most = 4096

    private let state = Mutex(State())

    var figures: SpanFigures {
        state.withLock { state in
            var figures = state.figures
            figures.waiting = state.spans.count
            return figures
        }
    }

    func add(_ spans: [Span]) {
        state.withLock { state in
            guard state.spans.count + spans.count <= Self.most else {
                state.figures.dropped &+= spans.count
                return
            }
            state.spans += spans
        }
    }

    /// Takes the oldest.
    func take(_ count: Int) -> [Span] {
        state.withLock { state in
            let taken = Array(state.spans.prefix(count))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Puts spans back that could not be sent, as far as there is room.
    func putBack(_ spans: [Span]) {
        state.withLock { state in
            let room = max(0, Self.most - state.spans.count)
            state.spans = spans.suffix(room) + state.spans
            state.figures.dropped &+= max(0, spans.count - room)
            state.figures.failures &+= 1
        }
    }

    func note(exported: Int, dropped: Int) {
        state.withLock { state in
            state.figures.exported &+= exported
            state.figures.dropped &+= dropped
        }
    }
}
