import HTTP
import JSON
package import Telemetry

/// Sends spans to a collector (OTLP/HTTP with JSON). Redirects are refused, and addresses are judged, as for a ``Webhook``.
package struct SpanCollector: Sendable {
    /// What a collector made of spans.
    package enum Answer: Sendable, Hashable {
        /// It took all but so many.
        case taken(rejected: Int)
        /// It is of no use to send them again.
        case refused(String)
        /// They may be sent again.
        case unreachable(String)
    }

    private let post: GuardedPost
    private let version: String
    private let instance: String

    /// - Parameter instance: names this process among those of the installation.
    /// - Returns: nil for what is no address that can be sent to.
    package init?(
        _ url: String, allowsLoopbackHTTP: Bool, version: String, instance: String, judge: @escaping Webhook.Judge
    ) {
        guard let address = WebAddress(url, allowsLoopbackHTTP: allowsLoopbackHTTP) else { return nil }
        post = GuardedPost(address: address, judge: judge)
        self.version = version
        self.instance = instance
    }

    /// - Parameter token: sent as bearer token, where there is one.
    package func send(_ spans: [Span], token: String?) async -> Answer {
        var headers = [("content-type", "application/json")]
        if let token {
            // What ends a field would begin another.
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return .refused("the token is no token") }
            headers.append(("authorization", "Bearer \(token)"))
        }
        do throws(GuardedPost.Fault) {
            let answer = try await post.send(
                encodeSpans(spans, version: version, instance: instance).bytes, headers: headers, limit: 65_536)
            switch answer.status {
            case 200..<300: return .taken(rejected: min(spans.count, rejectedSpans(answer.body)))
            // OTLP/HTTP, "Retryable Response Codes".
            case 429, 502, 503, 504: return .unreachable("status \(answer.status)")
            default: return .refused("status \(answer.status)")
            }
        } catch {
            return .unreachable(error.detail)
        }
    }
}
