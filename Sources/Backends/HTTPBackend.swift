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
        /// Makes the arguments of the request from those of the call, where the request is another operation's.
        package var instead: CallTemplate?

        package init(
            request: RequestTemplate, isIdempotent: Bool, idempotencyHeader: String?, instead: CallTemplate? = nil
        ) {
            self.instead = instead
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

        func owner(_ principal: Principal) -> SecretOwner {
            isPerUser ? SecretOwner(principal) : .source
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
        // First, so that what is wrong with the arguments is told whatever the vault says.
        let drafted = try draft(arguments)
        if let departure = try prepareAtOnce(drafted, arguments) { return departure }
        return try departure(drafted, await find(arguments))
    }

    package func recognisesRepeats(of tool: Tool) -> Bool {
        operations[tool.name]?.idempotencyHeader != nil
    }

    /// The departure where the credential is at hand, as it nearly always is, or where none is needed; nil otherwise.
    private func prepareAtOnce(
        _ drafted: (Operation, RequestDraft), _ arguments: BoundArguments
    ) throws(Refusal) -> Departure? {
        guard let credential else { return departure(drafted.1, drafted.0, nil) }
        let look: SecretLook
        do {
            look = try vault.look(for: credential.secret, of: credential.owner(arguments.principal))
        } catch {
            throw Self.unreadable(error)
        }
        switch look {
        case .found(let secret): return try departure(drafted, secret)
        case .missing: return try departure(drafted, nil)
        case .unknown: return nil
        }
    }

    @inline(never)
    private func find(_ arguments: BoundArguments) async throws(Refusal) -> (any SealedSecret)? {
        guard let credential else { return nil }
        do {
            return try await vault.find(credential.secret, for: credential.owner(arguments.principal))
        } catch {
            throw Self.unreadable(error)
        }
    }

    private static func unreadable(_ error: any Error) -> Refusal {
        Refusal(.internalFault, "The credential for this source cannot be read.", cause: "\(error)")
    }

    /// A missing credential refuses the call; it never runs with another.
    private func departure(
        _ drafted: (Operation, RequestDraft), _ secret: (any SealedSecret)?
    ) throws(Refusal) -> Departure {
        guard let secret else {
            throw Refusal(
                .missingCredential, "Your own credential for this source is not stored yet. Ask for it to be put in.",
                cause: "no secret '\(credential?.secret ?? "")' for this owner")
        }
        return departure(drafted.1, drafted.0, secret)
    }

    private func draft(_ arguments: BoundArguments) throws(Refusal) -> (Operation, RequestDraft) {
        guard let operation = operations[arguments.tool.tool.name] else {
            throw Refusal(.internalFault, "The tool cannot be sent.", cause: "no operation for the tool")
        }
        let given = operation.instead.map { $0.filled(arguments.arguments) } ?? arguments.arguments
        guard let given else {
            throw Refusal(.invalidArguments, "An argument is missing that the reversible form of this call needs.")
        }
        do throws(RequestRefusal) {
            return (operation, try operation.request.request(given))
        } catch {
            throw Refusal(.invalidArguments, error.message, cause: error.code.rawValue)
        }
    }

    private func departure(
        _ draft: RequestDraft, _ operation: Operation, _ sealed: (any SealedSecret)?
    ) -> Departure {
        Departure { permit in
            let secret: Secret?
            let request: UpstreamRequest
            do {
                secret = try sealed?.reveal()
                request = self.request(
                    draft, operation, idempotencyKey: permit.operation, trace: permit.trace, secret)
            } catch {
                return .failed(didSend: false, cause: "vault: \(error)", isOurs: true)
            }
            return await self.send(request, secret)
        }
    }

    private func send(_ request: UpstreamRequest, _ secret: Secret?) async -> RawAnswer {
        let loop: any EventLoop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.any()
        do throws(UpstreamFault) {
            return Self.answer(try await upstream.send(request, on: loop), secret)
        } catch {
            return .failed(
                didSend: error.didSend, cause: "\(error.code.rawValue): \(error.detail)",
                isOurs: !error.code.isOfSource)
        }
    }

    private static func answer(_ response: UpstreamResponse, _ secret: Secret?) -> RawAnswer {
        if let secret, isLeaked(secret, in: response.body) {
            return .withheld(status: response.status, cause: "the answer holds the credential it was asked with")
        }
        return .answered(status: response.status, mediaType: response.mediaType, body: response.body)
    }

    /// The request as it leaves, credential included.
    private func request(
        _ draft: RequestDraft, _ operation: Operation, idempotencyKey: String, trace: String?, _ secret: Secret?
    ) -> UpstreamRequest {
        var target = basePath + draft.target
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(draft.headers.count + 5)
        for field in draft.headers { headers.append((name: field.name, value: field.value)) }
        headers.append((name: "Accept", value: "application/json"))
        if let contentType = draft.contentType { headers.append((name: "Content-Type", value: contentType)) }
        if let name = operation.idempotencyHeader { headers.append((name: name, value: idempotencyKey)) }
        // Where the operation declares the field it is an argument, and stands there already.
        if let trace, !draft.headers.contains(where: { $0.name.lowercased() == "traceparent" }) {
            headers.append((name: "traceparent", value: trace))
        }
        if let secret, let placement = credential?.placement {
            let text = String(decoding: secret.bytes, as: UTF8.self)
            switch placement {
            case .bearer: headers.append((name: "Authorization", value: "Bearer " + text))
            case .basic: headers.append((name: "Authorization", value: "Basic " + base64(secret.bytes)))
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
        return UpstreamRequest(
            method: draft.method, target: target, headers: headers, body: draft.body,
            isIdempotent: operation.isIdempotent)
    }
}

/// Whether an answer gives the credential away, also behind JSON's own escapes.
private func isLeaked(_ secret: Secret, in body: [UInt8]) -> Bool {
    if leaks(secret.bytes, in: body) { return true }
    guard body.span.holds(0x5C) else { return false }
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
