package import Core
package import Engine
package import MCP

/// What every connection of the agent endpoint shares.
package final class AgentParts: Sendable {
    package let face: AgentFace
    package let ladder: Ladder
    package let authenticator: any Authenticator
    /// Answers without authentication, by path: metadata and health.
    package let pages: [String: HTTPReply]
    package let challenge: @Sendable (AuthenticationFault?) -> HTTPReply
    /// Hears of every token that proved nothing.
    package let onRefusedToken: @Sendable (AuthenticationFault) -> Void
    package let now: @Sendable () -> Timestamp
    package let limits: Limits
    let inFlight = InFlight()
    let questions = Questions()

    /// Bounds on connections.
    package struct Limits: Sendable {
        package var maxConnections = 10_000
        /// From the first byte of a request to its last.
        package var requestSeconds = 30
        /// Between requests.
        package var idleSeconds = 50
        /// Until the first sign of life on the answer of a long call.
        package var progressMilliseconds = 1_000
        package var keepAliveSeconds = 15
        /// For the answer to a question that a legacy client was asked.
        package var questionSeconds = 50
        /// From the order to shut down until connections are closed whatever they do.
        package var drainSeconds = 4

        package init() {}
    }

    package init(
        face: AgentFace, ladder: Ladder, authenticator: any Authenticator, pages: [String: HTTPReply],
        challenge: @escaping @Sendable (AuthenticationFault?) -> HTTPReply,
        onRefusedToken: @escaping @Sendable (AuthenticationFault) -> Void = { _ in },
        now: @escaping @Sendable () -> Timestamp,
        limits: Limits = Limits()
    ) {
        self.face = face
        self.ladder = ladder
        self.authenticator = authenticator
        self.pages = pages
        self.challenge = challenge
        self.onRefusedToken = onRefusedToken
        self.now = now
        self.limits = limits
    }
}
