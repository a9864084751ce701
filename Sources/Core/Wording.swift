import JSON

/// How calls of a tool are told to people, and how the record that they change is read.
package struct Wording: Sendable, Hashable {
    package enum Verb: String, Sendable, Hashable {
        case create, change, delete
        /// Puts another record in the place of one.
        case replace
        /// What the tool's name says.
        case other
    }

    /// Another tool of the same source that reads the record.
    package struct Reading: Sendable, Hashable {
        package var tool: String
        /// Its arguments, by those of the tool that changes.
        package var arguments: [String: String]

        package init(tool: String, arguments: [String: String]) {
            self.tool = tool
            self.arguments = arguments
        }
    }

    package var verb: Verb
    /// What a record is called, such as `deal`.
    package var noun: String
    /// Arguments that say which record, in their order.
    package var identity: [String]
    /// The argument that is the whole body, where one is.
    package var body: String?
    /// The operator's own sentence.
    package var sentence: Sentence?
    package var reading: Reading?

    package init(
        verb: Verb = .other, noun: String = "", identity: [String] = [], body: String? = nil,
        sentence: Sentence? = nil,
        reading: Reading? = nil
    ) {
        self.verb = verb
        self.noun = noun
        self.identity = identity
        self.body = body
        self.sentence = sentence
        self.reading = reading
    }
}

/// A sentence with places for values: `Change the close date of {deal_id} from {old.close_date} to {close_date}`.
package struct Sentence: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        case text(String)
        case argument(String)
        /// A field of the record as it is now.
        case old(String)
    }

    package let parts: [Part]

    /// - Returns: nil for text whose braces do not match.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}"), !rest[..<open].contains("}") else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            let name = String(rest[rest.index(after: open)..<close])
            guard !name.isEmpty, !name.contains("{") else { return nil }
            parts.append(name.hasPrefix("old.") ? .old(String(name.dropFirst(4))) : .argument(name))
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { return nil }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The arguments that it speaks of.
    package var arguments: [String] {
        parts.compactMap { if case .argument(let name) = $0 { name } else { nil } }
    }

    func filled(_ arguments: JSONObject, _ record: JSONValue?) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .argument(let name): arguments[name].map { shown($0) } ?? "nothing"
            case .old(let name): record.map { $0[name].map { shown($0) } ?? "nothing" } ?? "what it is now"
            }
        }.joined()
    }
}
