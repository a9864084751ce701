package import JSON
package import Policy
package import Risk

/// What may be called. Shared by every call of it, and never changed: another definition is another tool.
package final class Tool: Sendable {
    package let name: String
    package let title: String?
    package let description: String
    /// The source that the tool comes from.
    package let source: String
    package let tags: [String]
    /// The schema that the agent sees: bound arguments are not in it.
    package let inputSchema: JSONValue
    /// The same schema, to check arguments with.
    package let arguments: DeferredSchema
    /// What the source declares of its answers; nil when it declares nothing, and then nothing of them is shown.
    package let answer: DeclaredAnswer?
    package let risk: Risk
    package let bucket: Bucket
    package let owner: String?
    package let scope: Scope
    /// What of its arguments and records never enters the log.
    package let redaction: Redaction
    /// Where its answers name the records that it touched; nil for the usual places.
    package let identity: IdentityPath?
    /// Digest of name, text, schemas, annotations, method and path template. A changed definition is a new hash.
    package let definition: Digest
    /// What the source declares, before the configuration had a word.
    package let declaration: Declaration
    /// Whether the configuration has a word for it; what has none is never.
    package let isListed: Bool
    package let wording: Wording
    /// What is sent in its place: the reversible form of a deletion.
    package let instead: CallTemplate?
    /// How a call of it is taken back.
    package let undo: Undo?
    /// The operator's reason for what the configuration says of it.
    package let reason: String?
    package let facts: ToolFacts
    /// What the journal says of the tool.
    package let reference: ToolReference
    /// Parts of ``BoundArguments/binding`` that are the same for every call.
    let bindingMiddle: [UInt8]
    let bindingEnd: [UInt8]

    package init(
        name: String, title: String? = nil, description: String, source: String, tags: [String] = [],
        inputSchema: JSONValue, arguments: DeferredSchema, answer: DeclaredAnswer? = nil, risk: Risk,
        bucket: Bucket, owner: String? = nil, scope: Scope, redaction: Redaction = Redaction(),
        identity: IdentityPath? = nil, definition: Digest,
        declaration: Declaration? = nil, isListed: Bool = true, reason: String? = nil,
        wording: Wording = Wording(), instead: CallTemplate? = nil, undo: Undo? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.source = source
        self.tags = tags
        self.inputSchema = inputSchema
        self.arguments = arguments
        self.answer = answer
        self.risk = risk
        self.bucket = bucket
        self.owner = owner
        self.scope = scope
        self.redaction = redaction
        self.identity = identity
        self.definition = definition
        self.declaration =
            declaration
            ?? Declaration(
                texts: definition, request: definition, arguments: definition, answer: definition,
                access: definition)
        self.isListed = isListed
        self.reason = reason
        self.wording = wording
        self.instead = instead
        self.undo = undo
        bindingMiddle = Array(#","definition":"\#(definition.hex)","principal":"#.utf8)
        bindingEnd = Array(#","tool":"#.utf8) + JSONValue.string(name).bytes + [UInt8(ascii: "}")]
        reference = ToolReference(name: name, source: source, bucket: bucket.rawValue, definition: definition)
        facts = ToolFacts(
            name: name, source: source, tags: Set(tags), bucket: bucket, level: risk.level, categories: risk.categories,
            isFinalDeletion: risk.categories.contains(.destructive) && risk.effect == .potentiallyIrreversible
                && instead == nil && undo?.isCertain != true)
    }

    /// Names it among the tools of all sources, whatever becomes of its definition.
    package var key: String { "\(source)/\(name)" }

    /// The schema of answers that MCP can carry as structured content.
    package var outputSchema: JSONValue? {
        answer.flatMap { $0.isObject ? $0.schema : nil }
    }

    /// Whether a call leaves nothing behind, so that its outcome need not be durable before the answer.
    package var isRead: Bool {
        bucket == .read && risk.level == .readOnly
    }

    /// Hints for clients (MCP tool annotations), derived from our own risk and never from the source's claims.
    package var annotations: JSONValue {
        [
            "readOnlyHint": .bool(risk.level == .readOnly),
            "destructiveHint": .bool(risk.effect == .potentiallyIrreversible || risk.categories.contains(.destructive)),
            "idempotentHint": .bool(risk.level == .readOnly),
            "openWorldHint": .bool(risk.categories.contains(.communication)),
        ]
    }
}
