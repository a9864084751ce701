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

/// How a write is taken back.
package struct Undo: Sendable, Hashable {
    package enum Way: Sendable, Hashable {
        case call(CallTemplate)
        /// The same tool puts back what the record held.
        case restore
    }

    package var way: Way
    /// Seconds after the call in which it may be taken back.
    package var window: Int

    package init(_ way: Way, window: Int = 7 * 86_400) {
        self.way = way
        self.window = window
    }

    /// Whether the record has to be read before the call.
    package var needsRecord: Bool {
        switch way {
        case .call(let template): template.needsRecord
        case .restore: true
        }
    }

    /// Whether it is certain before the call that it can be taken back: nothing of the answer is needed.
    package var isCertain: Bool {
        switch way {
        case .call(let template): !template.needsAnswer
        case .restore: true
        }
    }

    /// What it says, for the tool's definition.
    package var json: JSONValue {
        switch way {
        case .call(let template): ["call": template.json, "window": JSONValue(window)]
        case .restore: ["call": "restore", "window": JSONValue(window)]
        }
    }

    /// The call that takes a call back.
    ///
    /// - Returns: the tool and its arguments; nil where a part that they are made from is not there.
    package func compensation(
        of tool: Tool, _ arguments: JSONObject, answer: JSONValue?, before: JSONValue?
    ) -> (tool: String, arguments: JSONObject)? {
        switch way {
        case .call(let template):
            return template.filled(arguments, answer: answer, before: before).map { (template.tool, $0) }
        case .restore:
            guard let before else { return nil }
            return restored(arguments, before, tool.wording).map { (tool.name, $0) }
        }
    }

    /// The same arguments with what the record held in the place of what was to be there.
    private func restored(_ arguments: JSONObject, _ before: JSONValue, _ wording: Wording) -> JSONObject? {
        var restored = JSONObject()
        for member in arguments {
            if wording.identity.contains(member.key) {
                restored[member.key] = member.value
            } else if member.key == wording.body, case .object(let body) = member.value {
                var old = JSONObject()
                for field in body {
                    guard let value = before[field.key] else { return nil }
                    old[field.key] = value
                }
                restored[member.key] = .object(old)
            } else {
                guard let value = before[member.key] else { return nil }
                restored[member.key] = value
            }
        }
        return restored
    }
}
