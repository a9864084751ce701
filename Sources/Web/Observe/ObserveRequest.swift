/// A question to the endpoint for operators.
package struct ObserveRequest: Sendable, Hashable {
    package var method: String
    package var path: String
    package var host: String?
    package var authorization: String?

    /// Whether a page in a browser sent it, and no person by hand.
    package var isFromPage: Bool

    package init(
        _ method: String, _ path: String, host: String? = nil, authorization: String? = nil, isFromPage: Bool = false
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.authorization = authorization
        self.isFromPage = isFromPage
    }

    /// The bearer token that is presented (RFC 6750 §2.1).
    package var token: String? {
        guard let authorization, authorization.prefix(7).lowercased() == "bearer " else { return nil }
        return String(authorization.dropFirst(7))
    }

    /// Whether it names this machine itself as its host: a page in a browser that had its own name resolved to this machine
    /// names another.
    package var isToLoopback: Bool {
        guard let host else { return false }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }
}
