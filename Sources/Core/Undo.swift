package import JSON

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
