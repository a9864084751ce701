import AsyncHTTPClient
import HTTP
import NIOCore
import NIOHTTP1

/// Sends one body to an address that an administrator named. Redirects are refused; an address is judged after its name was
/// resolved, and the connection goes to exactly the one that was judged.
struct GuardedPost: Sendable {
    /// Takes host and port and gives the address to connect to, or nil when none is allowed.
    typealias Judge = @Sendable (_ host: String, _ port: Int) async throws -> String?

    /// Why nothing came back.
    struct Fault: Error, Sendable, Hashable {
        let detail: String
    }

    struct Answer: Sendable {
        var status: Int
        var contentType: String?
        var body: [UInt8]
    }

    let address: WebAddress
    let judge: Judge

    /// - Parameter limit: how much of an answer is read; nothing without one.
    func send(
        _ body: [UInt8], headers: [(String, String)], limit: Int = 0
    ) async throws(Fault) -> Answer {
        var request = HTTPClientRequest(url: address.text)
        request.method = .POST
        request.headers.add(name: "user-agent", value: "sallyport")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
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
            do {
                let response = try await client.execute(request, timeout: .seconds(10))
                let content = limit > 0 ? try await response.body.collect(upTo: limit) : ByteBuffer()
                try await client.shutdown()
                return Answer(
                    status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
                    body: Array(content.readableBytesView))
            } catch {
                try? await client.shutdown()
                throw error
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(detail: "\(error)")
        }
    }
}
