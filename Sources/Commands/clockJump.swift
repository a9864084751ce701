import Core

/// By how many seconds the wall clock was set while some time passed; nil where it went on as clocks do.
///
/// - Parameter passed: by a clock that nobody sets.
func clockJump(from earlier: Timestamp, to now: Timestamp, after passed: Duration) -> Int? {
    let jump = now.seconds - earlier.seconds - Int(passed.components.seconds)
    return abs(jump) > 5 ? jump : nil
}
