import Core
import JSON

/// What a stream could not deliver as it is, counted until it is written down: once a minute at most, since what is written down
/// goes into the stream as well.
struct StreamLosses {
    /// The acts that tell of it.
    static let act = "stream-losses"

    /// Records that the receiver said it will never take.
    private(set) var refused = 0
    /// Events that were sent without what is in them.
    private(set) var shortened = 0
    /// Entries that were taken out of the journal before they were delivered.
    private(set) var missing = 0
    private var first = 0
    private var last = 0
    private var cause = ""

    var isEmpty: Bool { refused == 0 && shortened == 0 && missing == 0 }

    mutating func noteRefused(_ count: Int, _ cause: String, _ positions: ClosedRange<Int>) {
        refused = refused.addingReportingOverflow(count).partialValue
        note(cause, positions)
    }

    mutating func noteShortened(_ cause: String, _ position: Int) {
        shortened += 1
        note(cause, position...position)
    }

    mutating func noteMissing(_ count: Int, _ positions: ClosedRange<Int>) {
        missing += count
        note("", positions)
    }

    private mutating func note(_ cause: String, _ positions: ClosedRange<Int>) {
        if first == 0 { first = positions.lowerBound }
        last = max(last, positions.upperBound)
        if !cause.isEmpty { self.cause = cause }
    }

    func details(_ stream: String) -> JSONObject {
        [
            "stream": .string(stream), "first": JSONValue(first), "last": JSONValue(last),
            "refused": JSONValue(refused),
            "shortened": JSONValue(shortened), "missing": JSONValue(missing), "cause": .string(cause.boundedText),
        ]
    }
}
