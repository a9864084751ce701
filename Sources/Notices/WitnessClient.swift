import HTTP
package import TransparencyLog

/// Asks a witness to sign that the log only grew (C2SP tlog-witness).
package struct WitnessClient: Sendable {
    /// Why there is no cosignature. For the log only.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
        /// The size that the witness saw before, where that is more than the log has now.
        package let isBehind: Int?

        init(_ detail: String, isBehind: Int? = nil) {
            self.detail = detail
            self.isBehind = isBehind
        }
    }

    private let key: WitnessKey
    private let post: GuardedPost

    /// - Parameter url: what stands before `/add-checkpoint`.
    /// - Returns: nil for what is no address that can be sent to.
    package init?(_ url: String, key: WitnessKey, allowsLoopbackHTTP: Bool, judge: @escaping Webhook.Judge) {
        guard let address = WebAddress(url + "/add-checkpoint", allowsLoopbackHTTP: allowsLoopbackHTTP) else {
            return nil
        }
        self.key = key
        post = GuardedPost(address: address, judge: judge)
    }

    /// Sends a checkpoint, from the size that the witness is thought to know; where it knows another one, from that.
    ///
    /// - Parameter proof: from a size to the checkpoint's.
    package func cosign(
        _ note: SignedNote, size: Int, knownSize: Int,
        proof: (_ from: Int) async throws -> ConsistencyProof
    ) async throws -> [Cosignature] {
        var known = knownSize
        for _ in 0..<2 {
            let body = Array(WitnessExchange.request(note, try await proof(known)).utf8)
            let answer: GuardedPost.Answer
            do throws(GuardedPost.Fault) {
                answer = try await post.send(body, headers: [("content-type", "text/plain")], limit: 64 << 10)
            } catch {
                throw Fault(error.detail)
            }
            let reply = WitnessExchange.reply(
                status: answer.status, contentType: answer.contentType,
                body: String(decoding: answer.body, as: UTF8.self), to: note, from: key)
            switch reply {
            case .cosigned(let cosignatures): return cosignatures
            case .refused(let reason): throw Fault(reason)
            case .knows(let other):
                guard other <= size else { throw Fault("it has seen \(other) entries", isBehind: other) }
                known = other
            }
        }
        throw Fault("it does not say from which size to go on")
    }
}
