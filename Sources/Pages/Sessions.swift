package import Core
import Synchronization

/// Who signed in, in this process: a restart signs everybody out.
///
/// A session is found by the hash of its secret, so that no comparison of the secret itself takes a time that tells.
package final class Sessions: Sendable {
    package struct Session: Sendable, Hashable {
        package let person: String
        /// The password that they signed in with was this one.
        package let credential: Digest
        /// What a form has to send back, so that no other site can send it.
        package let formToken: String
        fileprivate let started: Timestamp
        fileprivate var used: Timestamp
    }

    package static let idleSeconds = 30 * 60
    package static let longestSeconds = 8 * 3600
    private static let most = 10_000

    private let known = Mutex(RecentlyUsed<Digest, Session>(limit: most))
    private let random: @Sendable () -> [UInt8]

    /// - Parameter random: 32 bytes that nobody can guess.
    package init(random: @escaping @Sendable () -> [UInt8] = Sessions.randomBytes) {
        self.random = random
    }

    /// From the system's own source (getrandom(2)).
    package static let randomBytes: @Sendable () -> [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// - Returns: the secret that goes into the person's cookie.
    package func begin(_ person: String, credential: Digest, at now: Timestamp) -> String {
        let secret = hexadecimal(random())
        let session = Session(
            person: person, credential: credential, formToken: hexadecimal(random()), started: now, used: now)
        known.withLock { $0.insert(session, for: Digest(of: Array(secret.utf8))) }
        return secret
    }

    /// The session of a secret, which counts as used; nil when there is none or its time is over.
    package func find(_ secret: String, at now: Timestamp) -> Session? {
        let key = Digest(of: Array(secret.utf8))
        return known.withLock { known in
            guard var session = known.find(key) else { return nil }
            guard now < session.used.advanced(bySeconds: Self.idleSeconds),
                now < session.started.advanced(bySeconds: Self.longestSeconds)
            else {
                known.remove(key)
                return nil
            }
            session.used = max(session.used, now)
            known.insert(session, for: key)
            return session
        }
    }

    package func end(_ secret: String) {
        known.withLock { $0.remove(Digest(of: Array(secret.utf8))) }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    Digest(of: bytes).hex
}
