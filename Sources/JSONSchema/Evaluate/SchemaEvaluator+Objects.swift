import JSON

extension SchemaEvaluator {
    mutating func checkObject(_ id: NodeID, _ slice: Slice, _ object: JSONObject, marks: Int) -> Bool {
        var isValid = true
        for position in slice.range {
            let fits: Bool
            switch program.checks[position] {
            case .members(let index): fits = checkMembers(id, program.members[Int(index)], object, marks: marks)
            case .minProperties(let min):
                fits = object.count >= min
                if !fits { fail(id, "minProperties", "must have at least \(Self.properties(min))") }
            case .maxProperties(let max):
                fits = object.count <= max
                if !fits { fail(id, "maxProperties", "must have at most \(Self.properties(max))") }
            case .dependencies(let index):
                fits = checkDependencies(id, Int(index), object, marks: marks)
            default: fits = true
            }
            if !fits {
                isValid = false
                if !collects { return false }
            }
        }
        return isValid
    }

    private static func properties(_ count: Int) -> String {
        counted(count, "property", "properties")
    }

    private mutating func checkMembers(
        _ id: NodeID, _ members: SchemaProgram.Members, _ object: JSONObject, marks index: Int
    ) -> Bool {
        var isValid = true
        var missing = members.required
        for position in object.indices {
            let member = object[position]
            guard spend(1) else { return false }
            var isKnown = false
            if let found = members.names.find(member.key, steps: &steps) {
                let property = members.properties[found]
                missing &= ~property.bit
                if property.node >= 0 {
                    isKnown = true
                    isValid = evaluateMember(property.node, member, unknownBy: nil, of: id) && isValid
                }
            }
            for pattern in members.patterns where matches(member.key, pattern.pattern) {
                isKnown = true
                isValid = evaluateMember(pattern.node, member, unknownBy: nil, of: id) && isValid
            }
            if !isKnown, members.additional >= 0 {
                isKnown = true
                isValid =
                    evaluateMember(members.additional, member, unknownBy: .additionalProperties, of: id) && isValid
            }
            if members.propertyNames >= 0 { isValid = checkName(id, members.propertyNames, member.key) && isValid }
            if isExhausted || (!isValid && !collects) { return false }
            if isKnown && index >= 0 { marks[index].insert(position) }
        }
        for name in members.moreRequired {
            guard spend(object.count) else { return false }
            if !object.contains(name) { missing |= 1 }
        }
        if missing != 0 {
            if collects { failRequired(id, members.requiredNames, object) }
            return false
        }
        return isValid
    }

    private mutating func checkName(_ id: NodeID, _ node: NodeID, _ name: String) -> Bool {
        guard collects else { return evaluate(node, .string(name), marks: Self.unmarked) }
        let kept = failures.count
        path.append(.key(name))
        let isValid = evaluate(node, .string(name), marks: Self.unmarked)
        path.removeLast()
        if isValid { return true }
        // The reason speaks of a value at this name; the failure is the object's.
        let reason = failures.count > kept ? failures[kept].message : ""
        failures.removeLast(failures.count - kept)
        let why = reason.isEmpty ? "" : ": \(reason)"
        fail(id, "propertyNames", "must not have a property named \(Shown.text(name))\(why)")
        return false
    }

    private mutating func checkDependencies(
        _ id: NodeID, _ index: Int, _ object: JSONObject, marks: Int
    ) -> Bool {
        var isValid = true
        for dependency in program.dependencies[index] {
            guard spend(object.count + 1) else { return false }
            guard object.contains(dependency.name) else { continue }
            for name in dependency.required {
                guard spend(object.count + 1) else { return false }
                if object.contains(name) { continue }
                isValid = false
                guard collects else { return false }
                let condition = "since it has \(Shown.text(dependency.name))"
                fail(id, dependency.keyword.rawValue, "must have the property \(Shown.text(name)), \(condition)")
            }
            if dependency.node >= 0, !evaluate(dependency.node, .object(object), marks: marks) {
                isValid = false
                guard collects else { return false }
            }
        }
        return isValid
    }
}
