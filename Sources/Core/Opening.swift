package import JSON

/// What is known of a call when it begins. Every value of the call carries it along, so it is shared, not copied.
package final class Opening: Sendable {
    package let principal: Principal
    package let reference: ToolReference
    /// Arguments with secrets taken out.
    package let arguments: JSONObject
    /// What is at stake, of financial and administrative tools.
    package let stakes: Stakes?
    /// What approvals and repeats bind to (``BoundArguments/binding``).
    package let digest: Digest
    /// The client's own key for this call, where it gave one.
    package let idempotencyKey: String?
    /// W3C trace id, where the client sent one.
    package let trace: String?
    /// The call for whose sake the gateway itself made this one.
    package let partOf: CallID?
    /// The snapshot that the call uses.
    package let snapshot: String

    package init(
        principal: Principal, reference: ToolReference, arguments: JSONObject, stakes: Stakes? = nil, digest: Digest,
        idempotencyKey: String? = nil, trace: String? = nil, partOf: CallID? = nil,
        snapshot: String
    ) {
        self.principal = principal
        self.reference = reference
        self.arguments = arguments
        self.stakes = stakes
        self.digest = digest
        self.idempotencyKey = idempotencyKey
        self.trace = trace
        self.partOf = partOf
        self.snapshot = snapshot
    }

    /// The same with what the record held before.
    package func staking(_ fields: [Change.Field]) -> Opening {
        var stakes = stakes ?? Stakes()
        stakes.fields = fields
        return Opening(
            principal: principal, reference: reference, arguments: arguments, stakes: stakes, digest: digest,
            idempotencyKey: idempotencyKey, trace: trace, partOf: partOf, snapshot: snapshot)
    }

    package var tool: String { reference.name }
    package var source: String { reference.source }
    package var bucket: String { reference.bucket }
    package var definition: Digest { reference.definition }
}

extension Opening: Hashable {
    package static func == (left: Opening, right: Opening) -> Bool {
        left === right
            || left.principal == right.principal && left.reference == right.reference
                && left.arguments == right.arguments && left.stakes == right.stakes && left.digest == right.digest
                && left.idempotencyKey == right.idempotencyKey && left.trace == right.trace
                && left.partOf == right.partOf && left.snapshot == right.snapshot
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(principal)
        hasher.combine(reference)
        hasher.combine(digest)
    }
}
