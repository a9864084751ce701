import Backends
import HTTP
import JSON
import Policy
import Risk

/// Reads the `policy` section.
struct PolicyReader {
    let reader: Reader
    /// Names that rules may use; nil where a source could not be read, so that its tools are not known.
    let toolNames: Set<String>?
    let sourceNames: Set<String>

    func policy(version: String) -> Policy {
        var rules: [Rule] = []
        var facts: [String: Requirement] = [:]
        guard reader.object(keys: ["rules", "tests"]) != nil else { return Policy(rules: [], version: version) }
        for element in reader.child("rules")?.elements ?? [] {
            guard let rule = rule(element) else { continue }
            if rules.contains(where: { $0.id == rule.id }) {
                element.error("repeated-rule", "two rules have the id '\(rule.id)'", hint: "Give each rule its own id.")
            }
            refuseOtherFacts(rule, element, &facts)
            rules.append(rule)
        }
        return Policy(rules: rules, version: version)
    }

    static let matchKeys = ["tools", "sources", "tags", "buckets", "levels", "categories"]

    private func rule(_ reader: Reader) -> Rule? {
        let keys =
            ["id", "effect", "users", "agents", "tenants", "roles", "except", "when", "requires"] + DemandReader.keys
            + Self.matchKeys
        guard reader.object(keys: keys) != nil, let id = reader.required("id")?.string(),
            let effect = reader.required("effect")?.word(Effect.self)
        else { return nil }
        let approval = DemandReader(reader: reader, effect: effect).demand()
        return Rule(
            id: id, effect: effect,
            principals: PrincipalMatch(
                users: set(reader, "users"), agents: set(reader, "agents"), tenants: set(reader, "tenants"),
                roles: set(reader, "roles")),
            tools: toolMatch(reader),
            except: reader.child("except").flatMap(exception),
            condition: reader.child("when").flatMap(condition), approval: approval,
            requirements: requirements(reader, effect))
    }

    private func requirements(_ reader: Reader, _ effect: Effect) -> [Requirement] {
        guard let list = reader.child("requires") else { return [] }
        if effect == .deny { list.error("useless-key", "what is denied needs no fact") }
        return list.elements.compactMap(requirement)
    }

    /// Records and answers name a fact by its id alone, so two that are asked otherwise cannot share one.
    private func refuseOtherFacts(_ rule: Rule, _ element: Reader, _ known: inout [String: Requirement]) {
        for fact in rule.requirements {
            guard let first = known[fact.id] else {
                known[fact.id] = fact
                continue
            }
            guard first != fact else { continue }
            element.child("requires")?.elements.last { $0.value["id"]?.string == fact.id }?.child("id")?.error(
                "repeated-fact", "two facts that are asked differently have the id '\(fact.id)'",
                hint: "Give each its own id, or ask both alike.")
        }
    }

    private func requirement(_ reader: Reader) -> Requirement? {
        let tests = ["equals", "in", "at-most", "at-least", "below", "above", "starts-with", "younger"]
        let keys = ["id", "tool", "url", "secret", "allow-loopback", "arguments", "field"]
        guard let object = reader.object(keys: keys + tests), let id = reader.required("id")?.string(),
            let place = place(reader), let field = reader.required("field").flatMap(argument)
        else { return nil }
        var arguments: [String: Requirement.Value] = [:]
        for (name, child) in reader.child("arguments")?.children ?? [] {
            if case .object = child.value {
                guard child.object(keys: ["argument"]) != nil,
                    let pointer = child.required("argument").flatMap(argument)
                else { continue }
                arguments[name] = .argument(pointer)
            } else {
                arguments[name] = .constant(child.value)
            }
        }
        let given = object.map(\.key).filter(tests.contains)
        guard given.count == 1, let key = given.first, let child = reader.child(key) else {
            reader.error(
                "no-comparison", "one thing has to be asked of '\(reader.value["field"]?.string ?? "")'",
                hint: "Use one of: \(tests.joined(separator: ", ")).")
            return nil
        }
        let test: Requirement.Test?
        if key == "younger" {
            test = child.duration(in: 1...31_536_000).map { .youngerThan($0) }
        } else {
            test = comparison(key, child).map { .comparison($0) }
        }
        return test.map { Requirement(id: id, place, arguments: arguments, field: field, test: $0) }
    }

    /// Where a fact is asked.
    private func place(_ reader: Reader) -> Requirement.Place? {
        guard let url = reader.child("url") else {
            for key in ["secret", "allow-loopback"] {
                reader.child(key)?.error("useless-key", "'\(key)' belongs to 'url'")
            }
            guard let tool = reader.required("tool"), let name = tool.string() else { return nil }
            if let toolNames, !toolNames.contains(name) {
                tool.error("unknown-tool", "no source has a tool '\(name)'", hint: nearest(name, toolNames))
            }
            return .tool(name)
        }
        if reader.child("tool") != nil {
            url.error("two-places", "a fact is asked either with a 'tool' or at a 'url'")
            return nil
        }
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        guard let text = url.string() else { return nil }
        guard WebAddress(text, allowsLoopbackHTTP: allowsLoopback) != nil, (try? BaseURL.parse(text)) != nil else {
            url.error(
                "bad-url", "this is no address to ask at",
                hint: "Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'.")
            return nil
        }
        return .address(
            Requirement.Address(url: text, secret: reader.child("secret")?.string(), allowsLoopback: allowsLoopback))
    }

    private func set(_ reader: Reader, _ key: String) -> Set<String>? {
        reader.child(key).map { child in
            refuseEmpty(child)
            return Set(child.strings() ?? [])
        }
    }

    /// An empty list matches nobody, so a deny with one would open what it was written to close.
    private func refuseEmpty(_ reader: Reader) {
        if reader.value.array?.isEmpty == true {
            reader.error("empty-list", "this list is empty", hint: "Fill it in, or remove it.")
        }
    }

    private func words<Word: RawRepresentable & CaseIterable & Hashable>(
        _ reader: Reader, _ key: String, _ type: Word.Type
    ) -> Set<Word>? where Word.RawValue == String {
        reader.child(key).map { child in
            refuseEmpty(child)
            return child.words(type) ?? []
        }
    }

    private func nearest(_ name: String, _ names: Set<String>) -> String? {
        let near = names.min { (distance($0, name), $0) < (distance($1, name), $1) }
        return near.map { "The nearest name is '\($0)'." }
    }

    private func exception(_ reader: Reader) -> ToolMatch? {
        guard let object = reader.object(keys: Self.matchKeys) else { return nil }
        if object.isEmpty {
            reader.error("empty-match", "this excepts every tool, so that the rule never applies")
        }
        return toolMatch(reader)
    }

    func toolMatch(_ reader: Reader) -> ToolMatch {
        let names = set(reader, "tools")
        if let toolNames {
            for name in (names ?? []).subtracting(toolNames).sorted() {
                reader.child("tools")?.error(
                    "unknown-tool", "no source has a tool '\(name)'", hint: nearest(name, toolNames))
            }
        }
        let sources = set(reader, "sources")
        for name in (sources ?? []).subtracting(sourceNames).sorted() {
            reader.child("sources")?.error(
                "unknown-source", "there is no source '\(name)'", hint: nearest(name, sourceNames))
        }
        return ToolMatch(
            names: names, sources: sources, tags: set(reader, "tags"),
            buckets: words(reader, "buckets", Bucket.self),
            levels: words(reader, "levels", Risk.Level.self),
            categories: words(reader, "categories", Risk.Category.self))
    }

    /// Reads a condition; what cannot be read becomes one that can never be evaluated, so that nothing opens while
    /// the problem stands.
    private func condition(_ reader: Reader) -> Condition? {
        if case .array = reader.value { return .all(conditions(reader)) }
        guard let object = reader.object() else { return nil }
        if object.count == 1, let only = object.first {
            let child = Reader(
                value: only.value, pointer: reader.pointer.appending(only.key), problems: reader.problems)
            switch only.key {
            case "all": return .all(conditions(child))
            case "any": return .any(conditions(child))
            case "not": return condition(child).map { .not($0) }
            case "time": return time(child)
            default: break
            }
        }
        return comparison(reader)
    }

    private func conditions(_ reader: Reader) -> [Condition] {
        if reader.value.array?.isEmpty == true { reader.error("empty-condition", "this list of conditions is empty") }
        return reader.elements.compactMap(condition)
    }

    private func time(_ reader: Reader) -> Condition? {
        guard reader.object(keys: ["from", "to"]) != nil, let from = reader.required("from").flatMap(minute),
            let to = reader.required("to").flatMap(minute)
        else { return nil }
        return .timeOfDay(from: from, to: to)
    }

    private func minute(_ reader: Reader) -> Int? {
        let parts = (reader.value.string ?? "").split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].utf8.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
            (0...23).contains(hour), (0...59).contains(minute)
        {
            return hour * 60 + minute
        }
        reader.error("wrong-type", "this must be a time of day in UTC such as \"08:30\"")
        return nil
    }

    /// Which argument is meant: a name, names with points between them, or a JSON pointer.
    func argument(_ reader: Reader) -> JSONPointer? {
        guard let name = reader.string() else { return nil }
        let pointer =
            name.hasPrefix("/") ? JSONPointer(parsing: name) : JSONPointer(name.split(separator: ".").map(String.init))
        if pointer == nil { reader.error("bad-pointer", "'\(name)' is neither a name nor a JSON pointer") }
        return pointer
    }

    private func comparison(_ reader: Reader) -> Condition? {
        let operators = ["equals", "in", "at-most", "at-least", "below", "above", "starts-with", "present"]
        guard let object = reader.object(keys: ["argument"] + operators), let argument = reader.required("argument"),
            let name = argument.string(), let pointer = self.argument(argument)
        else { return nil }
        var comparisons: [Condition] = []
        for member in object where member.key != "argument" {
            guard let child = reader.child(member.key), let comparison = comparison(member.key, child) else { continue }
            comparisons.append(.argument(pointer, comparison))
        }
        guard !comparisons.isEmpty else {
            reader.error(
                "no-comparison", "nothing is asked of '\(name)'",
                hint: "Use one of: \(operators.joined(separator: ", ")).")
            return nil
        }
        return comparisons.count == 1 ? comparisons[0] : .all(comparisons)
    }

    private func comparison(_ key: String, _ reader: Reader) -> Comparison? {
        switch key {
        case "equals": return .equals(reader.value)
        case "in":
            let options = reader.elements.map(\.value)
            if reader.value.array?.isEmpty == true { reader.error("empty-list", "nothing is in an empty list") }
            return .oneOf(options)
        case "at-most": return reader.number().map { .atMost($0) }
        case "at-least": return reader.number().map { .atLeast($0) }
        case "below": return reader.number().map { .below($0) }
        case "above": return reader.number().map { .above($0) }
        case "starts-with": return reader.string().map { .hasPrefix($0) }
        case "present": return reader.bool().map { .isPresent($0) }
        default: return nil
        }
    }
}
