import AsyncHTTPClient
package import Core
import Crypto
import Foundation
import HTTP
import NIOCore
import NIOHTTP1

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
        var request = HTTPClientRequest(url: address.text)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "sallyport")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "\(now.seconds)")
        request.headers.add(
            name: "webhook-signature", value: Self.signature(of: body, id: id, at: now.seconds, key: key))
        request.body = .bytes(body)
        do {
            guard let target = try await judge(address.host, address.port) else {
                throw Fault(detail: "the address is not allowed")
            }
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.dnsOverride = [address.host: target]
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .seconds(5)
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let status: UInt
            do {
                status = try await client.execute(request, timeout: .seconds(10)).status.code
                try await client.shutdown()
            } catch {
                try? await client.shutdown()
                throw error
            }
            guard (200..<300).contains(status) else { throw Fault(detail: "status \(status)") }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(detail: "\(error)")
        }
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
