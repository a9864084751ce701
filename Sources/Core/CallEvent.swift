package import JSON
package import Policy

/// One fact about a call, with its moment.
package struct CallEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case opened(Opening)
        case decided(Decision)
        case proposed(expires: Timestamp)
        case approved(Verdict)
        case rejected(Verdict)
        case expired
        case withdrawn(by: String)
        /// The right to dispatch was given, once, under this operation id.
        case admitted(operation: String)
        case settled(Outcome)
    }

    package let at: Timestamp
    package let kind: Kind

    package init(_ kind: Kind, at: Timestamp) {
        self.at = at
        self.kind = kind
    }
}

/// What is known of a call when it begins.
package struct Opening: Sendable, Hashable {
    package var principal: Principal
    package var tool: String
    package var source: String
    package var bucket: String
    /// The tool's definition hash.
    package var definition: Digest
    /// Arguments with secrets taken out.
    package var arguments: JSONObject
    /// What approvals and repeats bind to (``BoundArguments/binding``).
    package var digest: Digest
    /// The client's own key for this call, where it gave one.
    package var idempotencyKey: String?
    /// W3C trace id, where the client sent one.
    package var trace: String?
    /// The snapshot that the call uses.
    package var snapshot: String

    package init(
        principal: Principal, tool: String, source: String, bucket: String, definition: Digest,
        arguments: JSONObject, digest: Digest, idempotencyKey: String? = nil, trace: String? = nil, snapshot: String
    ) {
        self.principal = principal
        self.tool = tool
        self.source = source
        self.bucket = bucket
        self.definition = definition
        self.arguments = arguments
        self.digest = digest
        self.idempotencyKey = idempotencyKey
        self.trace = trace
        self.snapshot = snapshot
    }
}

/// A named human's yes or no.
package struct Verdict: Sendable, Hashable {
    /// The person, as they proved to be.
    package var by: String
    /// The roles they held when they decided.
    package var roles: Set<String>
    package var reason: String?
    /// How it reached us, such as `command-line`.
    package var channel: String

    package init(by: String, roles: Set<String>, reason: String? = nil, channel: String) {
        self.by = by
        self.roles = roles
        self.reason = reason
        self.channel = channel
    }
}
