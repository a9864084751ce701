package import JSON

/// What a source declares of a tool, as digests of its parts, so that a change can be told and named.
package struct Declaration: Sendable, Hashable {
    /// Name, title and description.
    package var texts: Digest
    /// Everything that decides how the request is built.
    package var request: Digest
    /// The schema of the arguments, before any is bound.
    package var arguments: Digest
    /// The schema of the answer.
    package var answer: Digest
    /// Tags, by which rules may go, and the permissions that the source asks for.
    package var access: Digest

    package init(texts: Digest, request: Digest, arguments: Digest, answer: Digest, access: Digest) {
        self.texts = texts
        self.request = request
        self.arguments = arguments
        self.answer = answer
        self.access = access
    }

    /// Both together: a change of either is a change.
    package func with(_ other: Declaration) -> Declaration {
        func both(_ one: Digest, _ two: Digest) -> Digest { Digest(of: Array("\(one.hex)\(two.hex)".utf8)) }
        return Declaration(
            texts: both(texts, other.texts), request: both(request, other.request),
            arguments: both(arguments, other.arguments), answer: both(answer, other.answer),
            access: both(access, other.access))
    }

    /// The parts that are another one, in words.
    package func differences(from other: Declaration) -> [String] {
        [
            texts == other.texts ? nil : "its texts", request == other.request ? nil : "its request",
            arguments == other.arguments ? nil : "its arguments", answer == other.answer ? nil : "its answer",
            access == other.access ? nil : "its tags or permissions",
        ].compactMap(\.self)
    }
}

extension Declaration {
    package init?(json: JSONValue) {
        func digest(_ key: String) -> Digest? { json[key]?.string.flatMap { Digest(hex: $0) } }
        guard let texts = digest("texts"), let request = digest("request"), let arguments = digest("arguments"),
            let answer = digest("answer"), let access = digest("access")
        else { return nil }
        self.init(texts: texts, request: request, arguments: arguments, answer: answer, access: access)
    }

    package var json: JSONValue {
        [
            "texts": .string(texts.hex), "request": .string(request.hex), "arguments": .string(arguments.hex),
            "answer": .string(answer.hex), "access": .string(access.hex),
        ]
    }
}
