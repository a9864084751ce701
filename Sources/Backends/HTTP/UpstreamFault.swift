/// Why a request has no response.
package struct UpstreamFault: Error, Sendable, Hashable {
    /// Stable; part of log lines and metrics.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The request itself cannot be written (field name, value or target).
        case invalidRequest = "invalid-request"
        /// The pool and its queue are full, or no connection became free in time.
        case overloaded
        /// ``Upstream/close()`` was called before.
        case shutDown = "shut-down"
        case resolveFailed = "resolve-failed"
        /// An address of the upstream is one that ``AddressRule`` forbids.
        case addressForbidden = "address-forbidden"
        case connectFailed = "connect-failed"
        case tlsFailed = "tls-failed"
        case timedOut = "timed-out"
        /// The calling task was cancelled.
        case cancelled
        /// The connection ended before the first byte of a response.
        case closedBeforeResponse = "closed-before-response"
        /// The connection ended inside a response.
        case truncated
        /// Header section or body larger than allowed.
        case tooLarge = "too-large"
        case protocolViolation = "protocol-violation"
        /// The body is compressed in a way that is not offered, or not as it says.
        case decompressionFailed = "decompression-failed"

        /// Whether it says that the source cannot be reached or does not work.
        package var isOfSource: Bool {
            switch self {
            case .resolveFailed, .connectFailed, .tlsFailed, .timedOut, .closedBeforeResponse, .truncated,
                .protocolViolation:
                true
            case .invalidRequest, .overloaded, .shutDown, .addressForbidden, .cancelled, .tooLarge,
                .decompressionFailed:
                false
            }
        }
    }

    package let code: Code
    /// Whether any byte of the request may have left. If not, the request had no effect; if so, its outcome is unknown
    /// unless a response says otherwise.
    package let didSend: Bool
    /// One sentence for the log; holds no header value and no body.
    package let detail: String

    package init(_ code: Code, didSend: Bool, detail: String) {
        self.code = code
        self.didSend = didSend
        self.detail = detail
    }
}
