import JSON

extension SchemaCompiler {
    mutating func compileObject(_ draft: inout Draft) throws(SchemaError) {
        if let value = draft.value(.minProperties) {
            draft.objectChecks.append(.minProperties(try count(value, draft.place, .minProperties)))
        }
        if let value = draft.value(.maxProperties) {
            draft.objectChecks.append(.maxProperties(try count(value, draft.place, .maxProperties)))
        }
        try compileMembers(&draft)
        try compileDependencies(&draft)
        if draft.value(.unevaluatedProperties) != nil {
            draft.last.append(.unevaluatedProperties(try child(of: draft, .unevaluatedProperties)))
        }
    }

    private func map(_ draft: Draft, _ keyword: Keyword) throws(SchemaError) -> JSONObject? {
        guard let value = draft.value(keyword) else { return nil }
        guard let object = value.object else { throw malformed(draft.place, keyword, "an object") }
        return object
    }

    /// `properties`, `patternProperties`, `additionalProperties`, `propertyNames`, `required`.
    private mutating func compileMembers(_ draft: inout Draft) throws(SchemaError) {
        var names: [String] = []
        var nodes: [NodeID] = []
        var position: [ByteKey: Int] = [:]
        for member in try map(draft, .properties) ?? [:] where position[ByteKey(member.key)] == nil {
            position[ByteKey(member.key)] = names.count
            names.append(member.key)
            nodes.append(try child(of: draft, .properties, [member.key]))
        }
        var bits = Array(repeating: UInt64(0), count: names.count)
        var mask: UInt64 = 0
        var required: [String] = []
        var moreRequired: [String] = []
        var seen: Set<ByteKey> = []
        if let value = draft.value(.required) {
            for name in try self.names(value, draft.place, .required) where seen.insert(ByteKey(name)).inserted {
                required.append(name)
                guard required.count <= 64 else {
                    moreRequired.append(name)
                    continue
                }
                if position[ByteKey(name)] == nil {
                    position[ByteKey(name)] = names.count
                    names.append(name)
                    nodes.append(-1)
                    bits.append(0)
                }
                guard let index = position[ByteKey(name)] else { continue }
                bits[index] = 1 << UInt64(required.count - 1)
                mask |= bits[index]
            }
        }
        var patterns: [(pattern: Int32, node: NodeID)] = []
        for member in try map(draft, .patternProperties) ?? [:] {
            let pattern = try pattern(member.key, draft.place, .patternProperties, tokens: [member.key])
            patterns.append((pattern, try child(of: draft, .patternProperties, [member.key])))
        }
        let additional =
            draft.value(.additionalProperties) == nil ? -1 : try child(of: draft, .additionalProperties)
        let propertyNames = draft.value(.propertyNames) == nil ? -1 : try child(of: draft, .propertyNames)
        guard !names.isEmpty || !patterns.isEmpty || additional >= 0 || propertyNames >= 0 else { return }
        let properties = zip(nodes, bits).map { SchemaProgram.Members.Property(node: $0, bit: $1) }
        let members = SchemaProgram.Members(
            names: NameTable(names), properties: properties, required: mask, moreRequired: moreRequired,
            requiredNames: required, patterns: patterns, additional: additional, propertyNames: propertyNames)
        draft.objectChecks.append(.members(tables.members.add(members)))
    }

    /// `dependentRequired`, `dependentSchemas`, and `dependencies`, which both came from.
    private mutating func compileDependencies(_ draft: inout Draft) throws(SchemaError) {
        var dependencies: [SchemaProgram.Dependency] = []
        for member in try map(draft, .dependentRequired) ?? [:] {
            let names = try names(member.value, draft.place, .dependentRequired)
            dependencies.append(.init(name: member.key, required: names, node: -1, keyword: .dependentRequired))
        }
        for member in try map(draft, .dependentSchemas) ?? [:] {
            let node = try child(of: draft, .dependentSchemas, [member.key])
            dependencies.append(.init(name: member.key, required: [], node: node, keyword: .dependentSchemas))
        }
        for member in try map(draft, .dependencies) ?? [:] {
            if member.value.array == nil {
                let node = try child(of: draft, .dependencies, [member.key])
                dependencies.append(.init(name: member.key, required: [], node: node, keyword: .dependencies))
            } else {
                let names = try names(member.value, draft.place, .dependencies)
                dependencies.append(.init(name: member.key, required: names, node: -1, keyword: .dependencies))
            }
        }
        if !dependencies.isEmpty { draft.objectChecks.append(.dependencies(tables.dependencies.add(dependencies))) }
    }
}
