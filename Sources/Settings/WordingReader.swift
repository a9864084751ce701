import Core
import OpenAPI

/// Works out from the document how calls of an operation are told to people.
struct WordingReader {
    let draft: OperationDraft
    /// All of the document.
    let drafts: [OperationDraft]

    func wording(_ sentence: Reader?) -> Wording {
        let path = draft.path.split(separator: "/").map(String.init)
        let isOfRecord = path.last?.hasPrefix("{") ?? false
        let verb: Wording.Verb =
            switch draft.method {
            case "PATCH": .change
            case "PUT": .replace
            case "DELETE": .delete
            case "POST" where !isOfRecord && isCollection: .create
            default: .other
            }
        return Wording(
            verb: verb, noun: noun(path),
            identity: draft.parameters.filter { $0.location == .path }.map(\.argument),
            body: draft.parameters.first { $0.location == .body && $0.name == "body" }?.argument,
            sentence: sentence.flatMap(read), reading: reading)
    }

    /// Whether the path lists records or has one below it, so that a POST makes one.
    private var isCollection: Bool {
        drafts.contains { other in
            if other.method == "GET", other.path == draft.path { return true }
            guard other.path.hasPrefix(draft.path + "/{") else { return false }
            return !other.path.dropFirst(draft.path.count + 1).contains("/")
        }
    }

    /// The last part of the path that is a name, as one of what it names.
    private func noun(_ path: [String]) -> String {
        let word = (path.last { !$0.hasPrefix("{") } ?? "").split(separator: ":").first.map(String.init) ?? ""
        let plain = word.replacing("_", with: " ").replacing("-", with: " ").boundedText
        if plain.hasSuffix("ies") { return plain.dropLast(3) + "y" }
        if plain.hasSuffix("sses") || plain.hasSuffix("xes") || plain.hasSuffix("ches") {
            return String(plain.dropLast(2))
        }
        return plain.hasSuffix("s") && !plain.hasSuffix("ss") ? String(plain.dropLast()) : plain
    }

    /// The GET on the same path, where all that it needs says which record it is.
    private var reading: Wording.Reading? {
        guard ["PATCH", "PUT", "DELETE"].contains(draft.method),
            let get = drafts.first(where: { $0.method == "GET" && $0.path == draft.path })
        else { return nil }
        var arguments: [String: String] = [:]
        for parameter in get.parameters {
            let own = draft.parameters.first { $0.location == parameter.location && $0.name == parameter.name }
            if parameter.location == .path, let own {
                arguments[parameter.argument] = own.argument
            } else if parameter.isRequired {
                return nil
            }
        }
        return Wording.Reading(tool: get.name, arguments: arguments)
    }

    private func read(_ reader: Reader) -> Sentence? {
        guard let text = reader.string() else { return nil }
        guard let sentence = Sentence(text) else {
            reader.error("bad-sentence", "its braces do not match")
            return nil
        }
        let known = Set(draft.parameters.map(\.argument))
        for name in sentence.arguments where !known.contains(name) {
            let near = known.min { (distance($0, name), $0) < (distance($1, name), $1) }
            reader.error(
                "unknown-argument", "the tool has no argument '\(name)'",
                hint: near.map { "The nearest name is '\($0)'. What the record holds now is {old.\(name)}." })
        }
        return sentence
    }
}
