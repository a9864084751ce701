import Backends
import Core
import JSON
import JSONSchema
import OpenAPI
import Risk

/// Makes tools from a document's operations and what the configuration says about each.
struct ToolBuilder {
    let source: String
    let imported: OpenAPIImport
    /// The `tools` section; nil when there is none.
    let reader: Reader?
    let owner: String?
    let credential: HTTPBackend.Credential?
    /// What decides where calls go and as whom: a change of it makes every tool another one.
    let destination: JSONValue
    let problems: Problems
    /// What becomes of personal data of all its tools before it is written down.
    var privacy: [FieldTreatment] = []

    /// Tools and how they are sent, in the document's order.
    func build() -> (tools: [Tool], operations: [String: HTTPBackend.Operation]) {
        var settings: [String: Reader] = [:]
        for (name, child) in reader?.children ?? [] { settings[name] = child }
        var tools: [Tool] = []
        var operations: [String: HTTPBackend.Operation] = [:]
        var unlisted = 0
        for draft in imported.operations {
            let setting = settings.removeValue(forKey: draft.name)
            if setting == nil { unlisted += 1 }
            guard let tool = tool(draft, setting) else { continue }
            tools.append(tool)
            let sent = tool.instead.flatMap { instead in imported.operations.first { $0.name == instead.tool } }
            operations[draft.name] = HTTPBackend.Operation(
                request: filledIn(setting).reduce((sent ?? draft).request) { $0.without($1.location, $1.name) },
                isIdempotent: tool.isRead && ["GET", "HEAD"].contains((sent ?? draft).method),
                idempotencyHeader: setting?.child("idempotency-header")?.value.string, instead: tool.instead)
        }
        report(unknown: settings, unlisted: unlisted)
        refuseUndoThatCannotBe(tools)
        return (tools, operations)
    }

    private func report(unknown settings: [String: Reader], unlisted: Int) {
        let names = imported.operations.map(\.name)
        for (name, child) in settings.sorted(by: { $0.key < $1.key }) {
            let near = names.min { (distance($0, name), $0) < (distance($1, name), $1) }
            child.error(
                "unknown-tool", "the document has no operation that makes a tool '\(name)'",
                hint: near.map { "The nearest name is '\($0)'." })
        }
        if unlisted > 0, let reader {
            problems.note(
                "unlisted-operations",
                "\(unlisted) operations of the document are not listed here and are never tools",
                hint: "'sallyport init' writes an entry for each.", at: reader.pointer)
        }
    }

    /// What takes a call back is a call of a tool, so that tool must be one.
    private func refuseUndoThatCannotBe(_ tools: [Tool]) {
        for tool in tools {
            guard case .call(let template)? = tool.undo?.way, tool.bucket != .never,
                let other = tools.first(where: { $0.name == template.tool }),
                other.bucket == .never || !other.scope.isDeclared
            else { continue }
            reader?.child(tool.name)?.child("undo")?.error(
                "uncallable-undo", "'\(template.tool)' cannot be called, so it takes nothing back",
                hint: "Give it a bucket other than never, and a scope.")
        }
    }

    private func tool(_ draft: OperationDraft, _ setting: Reader?) -> Tool? {
        if let setting {
            let keys = [
                "bucket", "scope", "owner", "reason", "answer", "idempotency-header", "secret-arguments", "records",
                "sentence",
                "instead", "undo",
            ]
            guard setting.object(keys: keys) != nil else { return nil }
        }
        var risk = classify(RiskSubject(draft))
        let wording = WordingReader(draft: draft, drafts: imported.operations).wording(setting?.child("sentence"))
        let undoing = UndoReader(
            draft: draft, drafts: imported.operations, wording: wording, risk: risk, filled: filled)
        let instead = setting?.child("instead").flatMap(undoing.instead)
        let undo = setting?.child("undo").flatMap { undoing.undo($0, hasOtherForm: instead != nil) }
        // What is left behind is what the operation leaves behind that is sent.
        if let instead {
            let sent = classify(RiskSubject(instead.draft))
            risk.effect = sent.effect
            risk.level = max(risk.level, sent.level)
            risk.categories.formUnion(sent.categories)
        }
        let bucket = bucket(risk, setting)
        var scope = setting?.child("scope").map(scope) ?? Scope(.undeclared)
        if case .userCredential = scope.kind, credential?.isPerUser != true {
            setting?.child("scope")?.error(
                "no-user-credential", "the source has no per-user credential",
                hint: "Give the source a 'credential' with 'per: user'.")
        }
        var schema = draft.inputSchema
        for name in scope.bindings.keys.sorted() where !schema.removeArgument(name) {
            setting?.child("scope")?.error("unknown-argument", "the tool has no argument '\(name)'")
            scope.bindings[name] = nil
        }
        for (location, name) in filledIn(setting) {
            // As an argument it would let the agent name it.
            for parameter in draft.parameters
            where parameter.location == location && parameter.name.lowercased() == name.lowercased() {
                _ = schema.removeArgument(parameter.argument)
            }
        }
        if !scope.isDeclared, bucket != .never, let setting {
            problems.warn(
                "undeclared-scope", "'\(draft.name)' has no scope, so it is not listed and not callable",
                hint: "Declare user-credential, { bound: { argument: tenant } } or { service-wide: \"reason\" }.",
                at: setting.pointer)
        }
        _ = setting?.child("idempotency-header")?.headerName()
        var options = Schema.Options()
        options.limits.maxSteps = 500_000
        let answer = answer(instead?.draft ?? draft, setting)
        var declaration = draft.declaration
        // What is sent in its place is looked at like its own.
        if let sent = instead?.draft.declaration { declaration = declaration.with(sent) }
        let secrets = Set(setting?.child("secret-arguments")?.strings() ?? []).union(secretNames(in: draft.inputSchema))
        return Tool(
            name: draft.name, title: draft.summary.isEmpty ? nil : draft.summary,
            description: draft.description.isEmpty ? "\(draft.method) \(draft.path)" : draft.description,
            source: source, tags: draft.tags, inputSchema: schema,
            arguments: DeferredSchema(schema, options: options), answer: answer, risk: risk,
            bucket: bucket, owner: setting?.child("owner")?.string() ?? owner, scope: scope,
            redaction: Redaction(secrets: secrets, fields: privacy),
            identity: setting?.child("records").flatMap(identity),
            definition: definition(
                draft, declaration, scope, setting?.child("idempotency-header")?.value.string, instead?.template, undo),
            declaration: declaration, isListed: setting != nil,
            reason: setting?.child("reason")?.string(),
            wording: wording, instead: instead?.template, undo: undo)
    }

    /// What fills an argument of a tool by itself: an attribute of the user, or the gateway.
    private func filled(_ draft: OperationDraft, _ argument: String) -> Principal.Attribute?? {
        let setting = reader?.child(draft.name)
        if let word = setting?.value["scope"]?["bound"]?[argument]?.string {
            return .some(Principal.Attribute(rawValue: word))
        }
        guard let parameter = draft.parameters.first(where: { $0.argument == argument }) else { return nil }
        let isFilled = filledIn(setting).contains {
            $0.location == parameter.location && $0.name.lowercased() == parameter.name.lowercased()
        }
        return isFilled ? .some(nil) : nil
    }

    /// What the gateway itself puts into each request: the operation's id, and the credential.
    private func filledIn(_ setting: Reader?) -> [(location: Parameter.Location, name: String)] {
        var places: [(location: Parameter.Location, name: String)] = []
        if let header = setting?.child("idempotency-header")?.value.string { places.append((.header, header)) }
        switch credential?.placement {
        case .header(let name): places.append((.header, name))
        case .query(let name): places.append((.query, name))
        case .bearer, .basic: places.append((.header, "Authorization"))
        case nil: break
        }
        return places
    }

    /// The operator's bucket, or never for what nobody has looked at.
    private func identity(_ reader: Reader) -> IdentityPath? {
        guard let text = reader.string() else { return nil }
        if let path = IdentityPath(text) { return path }
        reader.error(
            "bad-path", "this is no path", hint: "Write one such as id, or items.*.id for the elements of a list.")
        return nil
    }

    private func bucket(_ risk: Risk, _ setting: Reader?) -> Bucket {
        guard let setting, let bucket = setting.required("bucket")?.word(Bucket.self) else { return .never }
        let suggested = risk.suggestedBucket
        if bucket.isLooser(than: suggested), setting.child("reason")?.string() == nil {
            setting.error(
                "missing-reason",
                "bucket \(bucket.rawValue) is looser than the suggested \(suggested.rawValue) (\(risk.evidence.joined(separator: "; ")))",
                hint: "Add a 'reason', or leave it at \(suggested.rawValue).")
        }
        return bucket
    }

    private func scope(_ reader: Reader) -> Scope {
        switch reader.value {
        case .string("user-credential"): return Scope(.userCredential)
        case .string("undeclared"): return Scope(.undeclared)
        case .object:
            guard let object = reader.object(keys: ["bound", "service-wide"]) else { return Scope(.undeclared) }
            if object.contains("bound"), object.contains("service-wide") {
                reader.error("two-scopes", "a tool is either bound or service-wide", hint: "Remove one of them.")
            }
            if let reason = reader.child("service-wide") {
                return reason.string().map { Scope(.serviceWide(reason: $0)) } ?? Scope(.undeclared)
            }
            var bindings: [String: Principal.Attribute] = [:]
            for (name, child) in reader.child("bound")?.children ?? [] {
                bindings[name] = child.word(Principal.Attribute.self)
            }
            if bindings.isEmpty {
                reader.error("empty-scope", "nothing is bound", hint: "Write { bound: { argument: tenant } }.")
                return Scope(.undeclared)
            }
            return Scope(.bound, bindings: bindings)
        default:
            reader.error(
                "unknown-scope", "this is no scope",
                hint:
                    "Use user-credential, { bound: { argument: tenant } }, { service-wide: \"reason\" } or undeclared.")
            return Scope(.undeclared)
        }
    }

    private func answer(_ draft: OperationDraft, _ setting: Reader?) -> DeclaredAnswer? {
        enum Answer: String, CaseIterable { case declared, all }
        if setting?.child("answer")?.word(Answer.self) == .all {
            if setting?.child("reason")?.string() == nil {
                setting?.error("missing-reason", "showing undeclared fields needs a 'reason'")
            }
            return DeclaredAnswer(schema: .bool(true))
        }
        return draft.outputSchema.map { DeclaredAnswer(schema: $0) }
    }

    /// The digest of everything that decides what a call does and as whom.
    private func definition(
        _ draft: OperationDraft, _ declaration: Declaration, _ scope: Scope, _ idempotencyHeader: String?,
        _ instead: CallTemplate?, _ undo: Undo?
    ) -> Digest {
        var definition: JSONObject = [
            "source": .string(source), "name": .string(draft.name), "declaration": declaration.json,
            "destination": destination, "idempotency": idempotencyHeader.map { .string($0) } ?? .null,
            "scope": .string(
                "\(scope.name) \(scope.bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" })"),
        ]
        if let instead { definition.append("instead", instead.json) }
        // People are told that it can be taken back.
        if let undo { definition.append("undo", undo.json) }
        let value = JSONValue.object(definition)
        return Digest(of: value.canonicalBytes() ?? value.bytes)
    }
}

extension OperationDraft {
    fileprivate var declaration: Declaration {
        func digest(_ value: JSONValue) -> Digest { Digest(of: value.canonicalBytes() ?? value.bytes) }
        return Declaration(
            texts: digest(
                ["name": .string(name), "summary": .string(summary), "description": .string(description)]),
            request: digest(request.json),
            arguments: digest(inputSchema), answer: digest(outputSchema ?? .null),
            access: digest(
                [
                    "tags": .array(tags.map { .string($0) }),
                    "security": .array(
                        security.map { requirement in
                            .array(
                                requirement.parts.map { part in
                                    [
                                        "scheme": .string(part.scheme),
                                        "scopes": .array(part.scopes.map { .string($0) }),
                                    ]
                                })
                        }),
                ]))
    }
}

extension JSONValue {
    /// Takes an argument out of an object schema.
    ///
    /// - Returns: false when there is none with this name.
    fileprivate mutating func removeArgument(_ name: String) -> Bool {
        guard var object, var properties = object["properties"]?.object, properties.contains(name) else { return false }
        properties[name] = nil
        object["properties"] = .object(properties)
        if let required = object["required"]?.array {
            object["required"] = .array(required.filter { $0.string?.hasSameBytes(as: name) != true })
        }
        self = .object(object)
        return true
    }
}
