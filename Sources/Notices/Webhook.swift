package import Core
import Crypto
import Foundation
import HTTP

/// Sends notices to an address over HTTPS, signed so that whoever gets them knows where they come from.
///
/// Headers and signature are those of Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, and in
/// `webhook-signature` `v1,` with the HMAC-SHA-256 of `id.timestamp.body` in Base64. Redirects are refused; an address is
/// judged after its name was resolved, and the connection goes to exactly the one that was judged.
package struct Webhook: Sendable {
    /// Takes host and port and gives the address to connect to, or nil when none is allowed.
    package typealias Judge = @Sendable (_ host: String, _ port: Int) async throws -> String?

    /// Why a notice did not arrive. For the log only.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
    }

    private let address: WebAddress
    private let judge: Judge

    /// - Returns: nil for what is no address that can be sent to.
    package init?(_ url: String, allowsLoopbackHTTP: Bool, judge: @escaping Judge) {
        guard let address = WebAddress(url, allowsLoopbackHTTP: allowsLoopbackHTTP) else { return nil }
        self.address = address
        self.judge = judge
    }

    /// Sends a notice once.
    ///
    /// - Parameters:
    ///   - id: the same for every attempt, so that whoever gets it twice can tell.
    ///   - key: what both sides know.
    ///   - now: the moment of the attempt.
    ///   - isChat: whether one text is sent, for a chat.
    package func send(
        _ notice: Notice, id: String, key: [UInt8], now: Timestamp, isChat: Bool = false
    ) async throws(Fault) {
        let body = isChat ? notice.chatBody : notice.body
        let signature = Self.signature(of: body, id: id, at: now.seconds, key: key)
        let answer: GuardedPost.Answer
        do throws(GuardedPost.Fault) {
            answer = try await GuardedPost(address: address, judge: judge).send(
                body,
                headers: [
                    ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(now.seconds)"),
                    ("webhook-signature", signature),
                ])
        } catch {
            throw Fault(detail: error.detail)
        }
        guard (200..<300).contains(answer.status) else { throw Fault(detail: "status \(answer.status)") }
    }

    /// Whether one of the signatures in a `webhook-signature` is of this message; several may stand there as keys change.
    package static func isSigned(_ signatures: String, _ body: [UInt8], id: String, at seconds: Int, key: [UInt8])
        -> Bool
    {
        let message = Array("\(id).\(seconds).".utf8) + body
        return signatures.split(separator: " ").contains { signature in
            guard signature.hasPrefix("v1,"), let code = Data(base64Encoded: String(signature.dropFirst(3))) else {
                return false
            }
            return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: key))
        }
    }

    /// The value of `webhook-signature`.
    package static func signature(of body: [UInt8], id: String, at seconds: Int, key: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Array("\(id).\(seconds).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}
