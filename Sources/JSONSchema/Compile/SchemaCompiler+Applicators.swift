import JSON

extension SchemaCompiler {
    /// `$ref`, `$dynamicRef`.
    mutating func compileReferences(_ draft: inout Draft) throws(SchemaError) {
        if let value = draft.value(.ref) {
            guard let reference = value.string else { throw malformed(draft.place, .ref, "a URI reference") }
            let target = try index.resolve(reference, from: draft.place, keyword: .ref).place
            draft.any.append(.reference(try node(at: target)))
        }
        if let value = draft.value(.dynamicRef) {
            guard let reference = value.string else { throw malformed(draft.place, .dynamicRef, "a URI reference") }
            let target = try index.resolve(reference, from: draft.place, keyword: .dynamicRef)
            let node = try node(at: target.place)
            if let name = target.dynamicAnchor {
                let reference = SchemaProgram.DynamicReference(target: node, name: addDynamicName(name))
                draft.any.append(.dynamicReference(tables.dynamicReferences.add(reference)))
            } else {
                draft.any.append(.reference(node))
            }
        }
    }

    /// `allOf`, `anyOf`, `oneOf`, `not`, `if` with `then` and `else`.
    mutating func compileApplicators(_ draft: inout Draft) throws(SchemaError) {
        if draft.value(.allOf) != nil { draft.any.append(.allOf(try list(of: draft, .allOf))) }
        if draft.value(.anyOf) != nil { draft.any.append(.anyOf(try list(of: draft, .anyOf))) }
        if draft.value(.oneOf) != nil { draft.any.append(.oneOf(try list(of: draft, .oneOf))) }
        if draft.value(.not) != nil { draft.any.append(.not(try child(of: draft, .not))) }
        let then = draft.value(.then) == nil ? -1 : try child(of: draft, .then)
        let otherwise = draft.value(.else) == nil ? -1 : try child(of: draft, .else)
        if draft.value(.if) != nil {
            let test = try child(of: draft, .if)
            let condition = SchemaProgram.Condition(test: test, then: then, otherwise: otherwise)
            draft.any.append(.condition(tables.conditions.add(condition)))
        }
    }

    /// The nodes of a list of schemas, which must not be empty.
    mutating func list(of draft: Draft, _ keyword: Keyword) throws(SchemaError) -> Slice {
        guard let array = draft.value(keyword)?.array, !array.isEmpty else {
            throw malformed(draft.place, keyword, "an array of one schema at least")
        }
        var nodes: [NodeID] = []
        for position in array.indices { nodes.append(try child(of: draft, keyword, [String(position)])) }
        return tables.addChildren(nodes)
    }

    // MARK: Arrays

    mutating func compileArray(_ draft: inout Draft) throws(SchemaError) {
        if let value = draft.value(.minItems) {
            draft.array.append(.minItems(try count(value, draft.place, .minItems)))
        }
        if let value = draft.value(.maxItems) {
            draft.array.append(.maxItems(try count(value, draft.place, .maxItems)))
        }
        try compileItems(&draft)
        if let value = draft.value(.uniqueItems) {
            guard let isUnique = value.bool else { throw malformed(draft.place, .uniqueItems, "a boolean") }
            if isUnique { draft.array.append(.uniqueItems) }
        }
        let min = try draft.value(.minContains).map { value throws(SchemaError) in
            try count(value, draft.place, .minContains)
        }
        let max = try draft.value(.maxContains).map { value throws(SchemaError) in
            try count(value, draft.place, .maxContains)
        }
        if draft.value(.contains) != nil {
            let contains = SchemaProgram.Contains(
                node: try child(of: draft, .contains), min: min ?? 1, max: max ?? .max,
                marks: draft.dialect.draft == .draft2020)
            draft.array.append(.contains(tables.contains.add(contains)))
        }
        if draft.value(.unevaluatedItems) != nil {
            draft.last.append(.unevaluatedItems(try child(of: draft, .unevaluatedItems)))
        }
    }

    /// `prefixItems` and `items`; before 2020-12 `items` as a list, and `additionalItems`.
    private mutating func compileItems(_ draft: inout Draft) throws(SchemaError) {
        var first = Slice(start: 0, count: 0)
        var rest: NodeID = -1
        if draft.value(.prefixItems) != nil { first = try list(of: draft, .prefixItems) }
        let isList = draft.dialect.draft != .draft2020 && draft.value(.items)?.array != nil
        if isList {
            let count = draft.value(.items)?.array?.count ?? 0
            var nodes: [NodeID] = []
            for position in 0..<count { nodes.append(try child(of: draft, .items, [String(position)])) }
            first = tables.addChildren(nodes)
            if draft.value(.additionalItems) != nil { rest = try child(of: draft, .additionalItems) }
        } else if draft.value(.items) != nil {
            rest = try child(of: draft, .items)
        }
        if first.count > 0 || rest >= 0 { draft.array.append(.items(first: first, rest: rest)) }
    }
}
