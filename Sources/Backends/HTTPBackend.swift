package import Core
package import Engine
import JSON
package import NIOCore
import NIOPosix
package import OpenAPI

/// A source that is reached over HTTP.
package final class HTTPBackend: Backend {
    /// How one tool is sent.
    package struct Operation: Sendable {
        package var request: RequestTemplate
        package var isIdempotent: Bool
        /// The header that carries the operation id, where the source recognises repeats by one.
        package var idempotencyHeader: String?

        package init(request: RequestTemplate, isIdempotent: Bool, idempotencyHeader: String?) {
            self.request = request
            self.isIdempotent = isIdempotent
            self.idempotencyHeader = idempotencyHeader
        }
    }

    /// How a secret of the vault goes into a request.
    package struct Credential: Sendable, Hashable {
        package enum Placement: Sendable, Hashable {
            case bearer
            /// The secret is `user:password`.
            case basic
            case header(String)
            case query(String)
        }

        /// The secret's name in the vault.
        package var secret: String
        package var placement: Placement
        /// Each user's own secret, or the source's one.
        package var isPerUser: Bool

        package init(secret: String, placement: Placement, isPerUser: Bool) {
            self.secret = secret
            self.placement = placement
            self.isPerUser = isPerUser
        }
    }

    private let upstream: Upstream
    private let basePath: String
    private let operations: [String: Operation]
    private let credential: Credential?
    private let vault: any Vault
    private let group: any EventLoopGroup

    package init(
        upstream: Upstream, basePath: String, operations: [String: Operation], credential: Credential?,
        vault: any Vault, group: any EventLoopGroup
    ) {
        self.upstream = upstream
        self.basePath = basePath
        self.operations = operations
        self.credential = credential
        self.vault = vault
        self.group = group
    }

    package func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
        guard let operation = operations[arguments.tool.tool.name] else {
            throw Refusal(.internalFault, "The tool cannot be sent.", cause: "no operation for the tool")
        }
        let draft: RequestDraft
        do throws(RequestRefusal) {
            draft = try operation.request.request(arguments.arguments)
        } catch {
            throw Refusal(.invalidArguments, error.message, cause: error.code.rawValue)
        }
        let owner = owner(of: arguments.principal)
        try await checkCredential(for: owner)
        return Departure { permit in
            await self.send(draft, operation, owner, permit)
        }
    }

    private func owner(of principal: Principal) -> SecretOwner {
        credential?.isPerUser == true ? SecretOwner(principal) : .source
    }

    /// A missing credential refuses the call; it never runs with another.
    private func checkCredential(for owner: SecretOwner) async throws(Refusal) {
        guard let credential else { return }
        let isThere: Bool
        do {
            isThere = try await vault.holds(credential.secret, for: owner)
        } catch {
            throw Refusal(.internalFault, "The credential for this source cannot be read.", cause: "\(error)")
        }
        guard isThere else {
            throw Refusal(
                .missingCredential, "Your own credential for this source is not stored yet. Ask for it to be put in.",
                cause: "no secret '\(credential.secret)' for this owner")
        }
    }

    private func send(
        _ draft: RequestDraft, _ operation: Operation, _ owner: SecretOwner, _ permit: consuming Permit
    ) async -> RawAnswer {
        let idempotencyKey = permit.operation
        guard let credential else { return await send(draft, operation, idempotencyKey, secret: nil) }
        do {
            let answer = try await vault.withSecret(credential.secret, for: owner) { secret in
                await send(draft, operation, idempotencyKey, secret: (secret, credential.placement))
            }
            return answer ?? .failed(didSend: false, cause: "the credential is gone")
        } catch {
            return .failed(didSend: false, cause: "vault: \(error)")
        }
    }

    private func send(
        _ draft: RequestDraft, _ operation: Operation, _ idempotencyKey: String,
        secret: (Secret, Credential.Placement)?
    ) async -> RawAnswer {
        var target = basePath + draft.target
        var headers = draft.headers.map { (name: $0.name, value: $0.value) }
        headers.append((name: "Accept", value: "application/json"))
        if let contentType = draft.contentType { headers.append((name: "Content-Type", value: contentType)) }
        if let name = operation.idempotencyHeader { headers.append((name: name, value: idempotencyKey)) }
        if let (secret, placement) = secret {
            let text = String(decoding: secret.bytes, as: UTF8.self)
            switch placement {
            case .bearer: headers.append((name: "Authorization", value: "Bearer \(text)"))
            case .basic: headers.append((name: "Authorization", value: "Basic \(base64(secret.bytes))"))
            case .header(let name): headers.append((name: name, value: text))
            case .query(let name):
                let isFirst = !target.utf8.contains(UInt8(ascii: "?"))
                target +=
                    (isFirst ? "?" : "&")
                    + String(
                        decoding: percentEncoded(Array(name.utf8)) + [0x3D] + percentEncoded(secret.bytes),
                        as: UTF8.self)
            }
        }
        let request = UpstreamRequest(
            method: draft.method, target: target, headers: headers, body: draft.body,
            isIdempotent: operation.isIdempotent)
        let loop: any EventLoop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.any()
        do throws(UpstreamFault) {
            let response = try await upstream.send(request, on: loop)
            if let (secret, _) = secret, isLeaked(secret, in: response.body) {
                return .withheld(status: response.status, cause: "the answer holds the credential it was asked with")
            }
            return .answered(status: response.status, mediaType: response.mediaType, body: response.body)
        } catch {
            return .failed(didSend: error.didSend, cause: "\(error.code.rawValue): \(error.detail)")
        }
    }
}

/// Whether an answer gives the credential away, also behind JSON's own escapes.
private func isLeaked(_ secret: Secret, in body: [UInt8]) -> Bool {
    if leaks(secret.bytes, in: body) { return true }
    guard body.contains(0x5C) else { return false }
    // What is no JSON is not shown at all, so an answer that does not parse gives nothing away.
    guard let value = try? JSONParser.parse(body, options: JSONParser.Options(maxBytes: 64 << 20)) else { return false }
    return value.texts.contains { leaks(secret.bytes, in: Array($0.utf8)) }
}

extension JSONValue {
    /// Every name and text in the value.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let array): array.flatMap(\.texts)
        case .object(let object): object.flatMap { [$0.key] + $0.value.texts }
        case .null, .bool, .number: []
        }
    }
}

extension UpstreamResponse {
    /// The media type in lower case without parameters.
    var mediaType: String? {
        // Names are in lower case already.
        guard let value = headers.first(where: { $0.name == "content-type" })?.value else { return nil }
        if value == "application/json" { return value }
        let type = value.split(separator: ";", maxSplits: 1).first ?? ""
        return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}

/// Base64 with padding (RFC 4648 §4).
private func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var word = 0
        for byte in group { word = word << 8 | Int(byte) }
        word <<= 8 * (3 - group.count)
        for place in 0..<4 {
            text.append(place <= group.count ? alphabet[word >> (18 - 6 * place) & 63] : 0x3D)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
