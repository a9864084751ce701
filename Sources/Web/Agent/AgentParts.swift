package import Core
package import Engine
package import MCP

/// What every connection of the agent endpoint shares.
package struct AgentParts: Sendable {
    package let face: AgentFace
    package let ladder: Ladder
    package let authenticator: any Authenticator
    /// Answers without authentication, by path: metadata and health.
    package let pages: [String: HTTPReply]
    package let challenge: @Sendable (AuthenticationFault?) -> HTTPReply
    package let now: @Sendable () -> Timestamp
    package let limits: Limits
    let inFlight = InFlight()

    /// Bounds on connections.
    package struct Limits: Sendable {
        package var maxConnections = 10_000
        /// From the first byte of a request to its last.
        package var requestSeconds = 30
        /// Between requests.
        package var idleSeconds = 120
        /// Until the first sign of life on the answer of a long call.
        package var progressMilliseconds = 1_000
        package var keepAliveSeconds = 15

        package init() {}
    }

    package init(
        face: AgentFace, ladder: Ladder, authenticator: any Authenticator, pages: [String: HTTPReply],
        challenge: @escaping @Sendable (AuthenticationFault?) -> HTTPReply, now: @escaping @Sendable () -> Timestamp,
        limits: Limits = Limits()
    ) {
        self.face = face
        self.ladder = ladder
        self.authenticator = authenticator
        self.pages = pages
        self.challenge = challenge
        self.now = now
        self.limits = limits
    }
}
