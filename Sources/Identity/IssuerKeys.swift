import Core
import Engine
import Logging
import Synchronization
import Vault

/// The keys of one issuer, fetched when they are needed.
final class IssuerKeys: Sendable {
    private let source: TrustedIssuer.Keys
    private let fetcher: KeyFetcher
    private let logger: Logger
    /// Hears that keys were replaced.
    private let onChange: @Sendable () -> Void
    private let state: Mutex<State>

    private struct State {
        var cache: KeyCache
        /// The fetch under way, which everybody who needs keys waits for.
        var fetch: Task<Void, Never>?
    }

    init(
        _ source: TrustedIssuer.Keys, fetcher: KeyFetcher, logger: Logger, onChange: @escaping @Sendable () -> Void
    ) {
        self.source = source
        self.fetcher = fetcher
        self.logger = logger
        self.onChange = onChange
        let limits =
            switch source {
            case .jwksFile, .local: KeyCache.Limits(maxAge: 30, retry: 5)
            case .jwksURL(_, let seconds): KeyCache.Limits(maxAge: min(max(seconds, 60), 86_400), retry: 30)
            }
        state = Mutex(State(cache: KeyCache(limits: limits)))
    }

    /// The key for a token, and until when what it proves counts.
    ///
    /// - Throws: ``TokenFault`` when there is no such key, ``KeySetFault`` when there are no keys.
    func key(for token: CompactToken, at now: Timestamp) async throws -> (VerificationKey, until: Timestamp) {
        if case .local(let key) = source {
            guard let key = KeySet([key]).key(id: token.keyID, token.algorithm) else { throw TokenFault(.unknownKey) }
            return (key, Timestamp(microseconds: .max))
        }
        var hasFetched = false
        while true {
            let (action, isFetching) = state.withLock {
                ($0.cache.next(id: token.keyID, token.algorithm, hasFetched: hasFetched, at: now), $0.fetch != nil)
            }
            switch action {
            case .unknownKey where isFetching && !hasFetched, .unavailable where isFetching && !hasFetched:
                await fetch(at: now)
                hasFetched = true
            case .use(let key, let until): return (key, until)
            case .unknownKey: throw TokenFault(.unknownKey)
            case .unavailable: throw KeySetFault(detail: "the issuer's keys cannot be had")
            case .fetch:
                await fetch(at: now)
                hasFetched = true
            }
        }
    }

    /// Fetches once for all who ask meanwhile. It goes on when the one who asked first goes away.
    private func fetch(at now: Timestamp) async {
        let task = state.withLock { state in
            if let task = state.fetch { return task }
            state.cache.begin(at: now)
            let task = Task { await self.replace(at: now) }
            state.fetch = task
            return task
        }
        await task.value
    }

    private func replace(at now: Timestamp) async {
        do {
            let (bytes, maxAge) = try await document()
            let keys = try KeySet(document: bytes)
            if !keys.flaws.isEmpty {
                let flaws = keys.flaws.map(\.rawValue).joined(separator: ", ")
                logger.notice("keys not used", metadata: ["flaws": "\(flaws)"])
            }
            let isChange = state.withLock { state in
                state.fetch = nil
                return state.cache.succeed(keys, maxAge: maxAge, at: now)
            }
            if isChange { onChange() }
        } catch {
            state.withLock { $0.fetch = nil }
            logger.warning("keys not fetched", metadata: ["error": "\(error)"])
        }
    }

    private func document() async throws -> (bytes: [UInt8], maxAge: Int?) {
        switch source {
        case .local: ([], nil)
        case .jwksFile(let path): (try KeyFile.read(path, limit: KeySet.maxBytes, isSecret: false), nil)
        case .jwksURL(let url, _): try await fetcher.document(at: url)
        }
    }
}
