import HTTP

/// Takes batches of what was recorded by POST.
package struct Collector: Sendable {
    /// Why a batch was not taken. For the log only.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
        /// Whether what was sent is refused, and less at once may be taken: 413, or 400 and 422 for what is in it.
        package let isRefusal: Bool
    }

    private let post: GuardedPost

    /// - Returns: nil for what is no address that can be sent to.
    package init?(_ url: String, allowsLoopbackHTTP: Bool, judge: @escaping Webhook.Judge) {
        guard let address = WebAddress(url, allowsLoopbackHTTP: allowsLoopbackHTTP) else { return nil }
        post = GuardedPost(address: address, judge: judge)
    }

    /// Sends a batch once.
    ///
    /// - Parameter secret: sent as a bearer token (RFC 6750).
    /// - Returns: what the collector said, at most 64 KiB.
    package func send(
        _ body: [UInt8], type: String, secret: [UInt8]?, headers: [(String, String)] = []
    ) async throws(Fault) -> [UInt8] {
        var headers = headers + [("content-type", type)]
        if let secret { headers.append(("authorization", "Bearer \(String(decoding: secret, as: UTF8.self))")) }
        let answer: GuardedPost.Answer
        do throws(GuardedPost.Fault) {
            answer = try await post.send(body, headers: headers, limit: 64 << 10)
        } catch {
            throw Fault(detail: error.detail, isRefusal: false)
        }
        guard (200..<300).contains(answer.status) else {
            throw Fault(detail: "status \(answer.status)", isRefusal: [400, 413, 422].contains(answer.status))
        }
        return answer.body
    }
}
