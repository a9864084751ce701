import AsyncHTTPClient
import HTTP
import NIOCore
import NIOHTTP1

/// Fetches key sets over HTTPS.
///
/// Every fetch has a client of its own: names are resolved and judged anew each time, and nothing is shared with
/// connections that carry credentials. Redirects are refused; time and size are bounded; nothing is inflated.
package struct KeyFetcher: Sendable {
    /// Judges where a connection is about to go.
    ///
    /// Takes host and port and gives the address to connect to, or nil when none is allowed. The connection goes to
    /// exactly this address while TLS still verifies the host, so a name cannot resolve to something else afterwards.
    package typealias Judge = @Sendable (_ host: String, _ port: Int) async throws -> String?

    /// Whether plain HTTP on a loopback address is allowed.
    package let allowsLoopbackHTTP: Bool
    private let judge: Judge
    private let timeLimitSeconds: Int

    package init(allowsLoopbackHTTP: Bool = false, timeLimitSeconds: Int = 5, judge: @escaping Judge) {
        self.allowsLoopbackHTTP = allowsLoopbackHTTP
        self.timeLimitSeconds = timeLimitSeconds
        self.judge = judge
    }

    /// - Returns: the document, and how many seconds the issuer wants it kept (`Cache-Control: max-age`).
    /// - Throws: ``KeySetFault``.
    func document(at url: String) async throws(KeySetFault) -> (bytes: [UInt8], maxAge: Int?) {
        guard let address = WebAddress(url, allowsLoopbackHTTP: allowsLoopbackHTTP) else {
            throw KeySetFault(detail: "not an address to fetch keys from")
        }
        do {
            let seconds = timeLimitSeconds
            return try await withThrowingTaskGroup(of: (bytes: [UInt8], maxAge: Int?)?.self) { group in
                group.addTask { try await fetch(address) }
                group.addTask {
                    try await Task.sleep(for: .seconds(seconds))
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let document = first else {
                    throw KeySetFault(detail: "no answer within \(seconds) s")
                }
                return document
            }
        } catch let fault as KeySetFault {
            throw fault
        } catch {
            throw KeySetFault(detail: "\(error)")
        }
    }

    private func fetch(_ address: WebAddress) async throws -> (bytes: [UInt8], maxAge: Int?) {
        guard let target = try await judge(address.host, address.port) else {
            throw KeySetFault(detail: "the address is not allowed")
        }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [address.host: target]
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(Int64(timeLimitSeconds))
        configuration.timeout.read = .seconds(Int64(timeLimitSeconds))
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let document = try await get(address, with: client)
            try await client.shutdown()
            return document
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func get(_ address: WebAddress, with client: HTTPClient) async throws -> (bytes: [UInt8], maxAge: Int?) {
        var request = HTTPClientRequest(url: address.text)
        request.headers.add(name: "accept", value: "application/jwk-set+json, application/json")
        request.headers.add(name: "user-agent", value: "sallyport")
        let response = try await client.execute(request, timeout: .seconds(Int64(timeLimitSeconds)))
        guard response.status.code == 200 else { throw KeySetFault(detail: "status \(response.status.code)") }
        guard !response.headers.contains(name: "content-encoding") else {
            throw KeySetFault(detail: "the document is compressed")
        }
        let body = try await response.body.collect(upTo: KeySet.maxBytes)
        return (Array(body.readableBytesView), Self.maxAge(response.headers["cache-control"]))
    }

    /// The smallest `max-age`; 0 for `no-store` and `no-cache`.
    private static func maxAge(_ values: [String]) -> Int? {
        var least: Int?
        for directive in values.joined(separator: ",").utf8.split(separator: UInt8(ascii: ",")) {
            let text = String(decoding: directive, as: UTF8.self).lowercased().filter { $0 != " " }
            if text == "no-store" || text == "no-cache" { return 0 }
            guard text.hasPrefix("max-age="), let seconds = Int(text.dropFirst(8)), seconds >= 0 else { continue }
            least = min(least ?? seconds, seconds)
        }
        return least
    }
}
