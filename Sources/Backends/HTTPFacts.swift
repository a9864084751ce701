import Core
package import Engine
package import JSON
package import NIOCore
import NIOPosix

/// Facts asked with a GET at one address, the question as its query; the answer is JSON of at most 256 KiB, within five
/// seconds. Redirects are no answer.
package struct HTTPFacts: FactSource {
    private let upstream: Upstream
    private let path: String
    private let secret: String?
    private let vault: any Vault
    private let group: any EventLoopGroup

    /// - Parameter secret: the name of a bearer token of the vault's.
    package init(upstream: Upstream, path: String, secret: String?, vault: any Vault, group: any EventLoopGroup) {
        self.upstream = upstream
        self.path = path
        self.secret = secret
        self.vault = vault
        self.group = group
    }

    /// How an address is asked.
    package static func options(allowsLoopback: Bool) -> Upstream.Options {
        Upstream.Options(
            allowAddresses: allowsLoopback ? [CIDR("127.0.0.0/8"), CIDR("::1/128")].compactMap { $0 } : [],
            maxConnections: 8, connectTimeout: .seconds(3), readTimeout: .seconds(5), requestTimeout: .seconds(5),
            maxBodyBytes: 256 << 10)
    }

    package func ask(_ question: JSONObject) async -> JSONValue? {
        guard let target = target(question) else { return nil }
        do {
            guard let secret else { return try await get(target, []) }
            let answer = try await vault.withSecret(secret, for: .source) { secret in
                let token = String(decoding: secret.bytes, as: UTF8.self)
                return try await get(target, [(name: "Authorization", value: "Bearer \(token)")])
            }
            return answer ?? nil
        } catch {
            return nil
        }
    }

    private func get(_ target: String, _ headers: [(name: String, value: String)]) async throws -> JSONValue? {
        let loop: any EventLoop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.any()
        let response = try await upstream.send(
            UpstreamRequest(
                method: "GET", target: target, headers: headers + [(name: "Accept", value: "application/json")],
                isIdempotent: true), on: loop)
        guard response.status == 200 else { return nil }
        return try JSONParser.parse(response.body)
    }

    /// The question as a query; nil for what a query cannot say.
    private func target(_ question: JSONObject) -> String? {
        var target = path.isEmpty ? "/" : path
        for (index, member) in question.enumerated() {
            let value: String
            switch member.value {
            case .string(let text): value = text
            case .number(let number): value = number.text
            case .bool(let bool): value = bool ? "true" : "false"
            case .null, .array, .object: return nil
            }
            let pair = percentEncoded(Array(member.key.utf8)) + [0x3D] + percentEncoded(Array(value.utf8))
            target += (index == 0 ? "?" : "&") + String(decoding: pair, as: UTF8.self)
        }
        return target
    }
}
