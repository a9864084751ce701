package import JSON

/// Another call, made from one: what is sent in its place, or what takes it back.
package struct CallTemplate: Sendable, Hashable {
    package indirect enum Value: Sendable, Hashable {
        case literal(JSONValue)
        /// An argument of the call that it is made from.
        case argument(String)
        /// A part of that call's answer.
        case answer(JSONPointer)
        /// A part of the record as it was before that call.
        case before(JSONPointer)
        case object([Member])
    }

    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    package var tool: String
    package var arguments: [Member]

    package init(tool: String, arguments: [Member]) {
        self.tool = tool
        self.arguments = arguments
    }

    /// The arguments of the other call; nil where a part that they are made from is not there.
    package func filled(
        _ arguments: JSONObject, answer: JSONValue? = nil, before: JSONValue? = nil
    ) -> JSONObject? {
        Self.object(self.arguments, arguments, answer, before)
    }

    private static func object(
        _ members: [Member], _ arguments: JSONObject, _ answer: JSONValue?, _ before: JSONValue?
    ) -> JSONObject? {
        var object = JSONObject()
        for member in members {
            let value: JSONValue? =
                switch member.value {
                case .literal(let value): value
                case .argument(let name): arguments[name]
                case .answer(let pointer): answer?[pointer]
                case .before(let pointer): before?[pointer]
                case .object(let members): Self.object(members, arguments, answer, before).map { .object($0) }
                }
            guard let value else { return nil }
            object[member.name] = value
        }
        return object
    }

    /// Whether it is made from the record as it was before.
    package var needsRecord: Bool { uses { if case .before = $0 { true } else { false } } }

    /// Whether it is made from the answer.
    package var needsAnswer: Bool { uses { if case .answer = $0 { true } else { false } } }

    private func uses(_ matches: (Value) -> Bool) -> Bool {
        func uses(_ value: Value) -> Bool {
            if case .object(let members) = value { return members.contains { uses($0.value) } }
            return matches(value)
        }
        return arguments.contains { uses($0.value) }
    }

    /// What it says, for the tool's definition: another template is another tool.
    package var json: JSONValue {
        func json(_ value: Value) -> JSONValue {
            switch value {
            case .literal(let value): ["value": value]
            case .argument(let name): ["argument": .string(name)]
            case .answer(let pointer): ["answer": .string(pointer.description)]
            case .before(let pointer): ["before": .string(pointer.description)]
            case .object(let members): .array(members.map { [.string($0.name), json($0.value)] })
            }
        }
        return ["tool": .string(tool), "arguments": json(.object(arguments))]
    }
}
