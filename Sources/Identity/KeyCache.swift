import Core

/// When an issuer's keys are fetched, used and given up. No clock, no network: the caller performs what it says.
struct KeyCache: Sendable {
    struct Limits: Sendable, Hashable {
        /// How long keys count as current after they were fetched.
        var maxAge: Int
        /// The least time between two attempts.
        var retry: Int
        /// How long keys are used beyond their age while fetching fails. Tokens live for about an hour, and an issuer
        /// that cannot be reached issues no new ones.
        var staleness = 3600
    }

    enum Action: Sendable {
        /// This key verifies the token; what it proves counts until then.
        case use(VerificationKey, until: Timestamp)
        /// Fetch, report, ask again.
        case fetch
        /// There are current keys, and none for this token.
        case unknownKey
        /// There are no keys.
        case unavailable
    }

    let limits: Limits
    private var keys: KeySet?
    private var fetched = Timestamp(seconds: 0)
    private var freshUntil = Timestamp(seconds: 0)
    private var attempted: Timestamp?
    /// Whether a key that is not known may be looked for at once, once: an issuer may have begun to sign with a new one right
    /// after its keys were fetched.
    private var hasSpareAttempt = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// - Parameter hasFetched: whether a fetch has been performed for this token already.
    func next(id: String?, _ algorithm: SignatureAlgorithm, hasFetched: Bool, at now: Timestamp) -> Action {
        let canFetch = !hasFetched && attempted.map { now < $0 || now >= $0.advanced(bySeconds: limits.retry) } ?? true
        guard let keys else { return canFetch ? .fetch : .unavailable }
        let isFresh = now < freshUntil && now >= fetched
        if !isFresh {
            if canFetch { return .fetch }
            if now >= freshUntil.advanced(bySeconds: limits.staleness) { return .unavailable }
        }
        if let key = keys.key(id: id, algorithm) {
            return .use(key, until: isFresh ? freshUntil : now.advanced(bySeconds: limits.retry))
        }
        return canFetch || !hasFetched && hasSpareAttempt ? .fetch : .unknownKey
    }

    mutating func begin(at now: Timestamp) {
        hasSpareAttempt = attempted.map { now < $0 || now >= $0.advanced(bySeconds: limits.retry) } ?? true
        attempted = now
    }

    /// - Parameter maxAge: what the issuer says, nil when it says nothing.
    /// - Returns: whether these are other keys than before.
    mutating func succeed(_ keys: KeySet, maxAge: Int?, at now: Timestamp) -> Bool {
        let isChange = self.keys.map { $0.fingerprint != keys.fingerprint } ?? false
        self.keys = keys
        fetched = now
        freshUntil = now.advanced(bySeconds: min(max(maxAge ?? limits.maxAge, 60), limits.maxAge))
        return isChange
    }
}
