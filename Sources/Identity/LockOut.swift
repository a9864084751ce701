import Core

/// Slows down who guesses passwords: after five failures for a name, each further one doubles the wait.
///
/// An attempt counts as failed from its beginning, so attempts made at once count as well as those one after
/// another. The wait ends at five minutes, so that an attacker who fails on purpose cannot keep a person out for long.
struct LockOut: Sendable {
    private struct Failures: Sendable {
        var count = 0
        var last = Timestamp(seconds: 0)
        var lockedUntil = Timestamp(seconds: 0)
    }

    static let free = 5
    static let maxWaitSeconds = 300
    /// Failures this old are forgiven.
    static let forgivenSeconds = 3600

    /// Names that exist, which no flood of others can push out.
    private var known: [String: Failures] = [:]
    private var unknown: RecentlyUsed<String, Failures>

    init() {
        unknown = RecentlyUsed(limit: 4096)
    }

    /// - Returns: until when the name is locked; nil when an attempt may be made, which then counts as failed.
    mutating func begin(_ name: String, isKnown: Bool, at now: Timestamp) -> Timestamp? {
        var failures = (isKnown ? known[name] : unknown.find(name)) ?? Failures()
        if now >= failures.last.advanced(bySeconds: Self.forgivenSeconds) { failures = Failures() }
        if now < failures.lockedUntil { return failures.lockedUntil }
        failures.count += 1
        failures.last = now
        if failures.count >= Self.free {
            let wait = min(Self.maxWaitSeconds, 1 << min(failures.count - Self.free, 16))
            failures.lockedUntil = now.advanced(bySeconds: wait)
        }
        if isKnown { known[name] = failures } else { unknown.insert(failures, for: name) }
        return nil
    }

    mutating func succeed(_ name: String) {
        known[name] = nil
    }
}
