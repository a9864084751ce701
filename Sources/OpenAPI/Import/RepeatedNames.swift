import Documents
import JSON

/// Names that an object of a source document repeats with different meanings: whatever uses one is ambiguous.
final class RepeatedNames {
    private struct Member {
        let pointer: JSONPointer
        let key: String
    }

    private let documents: DocumentSet
    private var byFile: [Int: [Member]] = [:]

    init(documents: DocumentSet) {
        self.documents = documents
    }

    private func members(_ file: Int) -> [Member] {
        if let known = byFile[file] { return known }
        let members = documents.files[file].document.repeatedKeys.filter(isAmbiguous).map {
            Member(pointer: $0.object.appending($0.key), key: $0.key)
        }
        // So many that telling them apart is not worth it: whatever the file holds is ambiguous.
        let isHopeless = members.count > 200
        byFile[file] = isHopeless ? members.prefix(1).map { Member(pointer: JSONPointer(), key: $0.key) } : members
        return byFile[file] ?? []
    }

    /// Whether the two values lead to two different calls. Texts for people do not.
    private func isAmbiguous(_ repeated: RepeatedKey) -> Bool {
        if repeated.isSameMeaning { return false }
        let isText = SchemaDraft.isAnnotation(repeated.key) || Self.isAside(repeated.key)
        return !isText || Self.holdsNames(repeated.object.tokens)
    }

    /// Whether the members of an object are names that the document chose, rather than keywords.
    private static func holdsNames(_ tokens: [String]) -> Bool {
        switch tokens.last {
        case "properties", "patternProperties", "definitions", "$defs", "schemas", "parameters", "responses",
            "requestBodies", "headers", "dependentSchemas", "paths", "pathItems", "variables", "mapping", "scopes":
            true
        default: false
        }
    }

    private static func isAside(_ token: String) -> Bool {
        switch token {
        case "example", "examples", "externalDocs", "summary", "tags", "xml": true
        default: token.hasPrefix("x-")
        }
    }

    /// Whether nothing is ambiguous, the usual case.
    var isEmpty: Bool {
        documents.files.indices.allSatisfy { members($0).isEmpty }
    }

    /// - Parameter sites: the subtrees that an operation is made from.
    /// - Throws: when one of them contains, or lies under, an ambiguous member.
    func check(_ sites: [Site]) throws(OperationProblem) {
        for site in sites {
            for member in members(site.file) where Self.concerns(member.pointer.tokens, site.pointer.tokens) {
                throw OperationProblem(
                    code: "repeated-key",
                    message: "it uses an object in which \(CleanText.quoted(member.key)) appears twice and differs",
                    hint: "Keep one of the two.",
                    site: Site(file: site.file, pointer: member.pointer))
            }
        }
    }

    private static func concerns(_ member: [String], _ subtree: [String]) -> Bool {
        let common = min(member.count, subtree.count)
        guard member[..<common].elementsEqual(subtree[..<common], by: { $0.hasSameBytes(as: $1) }) else { return false }
        var previous = ""
        for token in member[common...] {
            let isName = previous == "properties"
            if !isName && isAside(token) { return false }
            previous = token
        }
        return true
    }

    /// Every repeated name of every file that was read.
    func report(to ledger: DiagnosticLedger) {
        for file in documents.files {
            for repeated in file.document.repeatedKeys.prefix(1_000) {
                let key = CleanText.quoted(repeated.key)
                let message =
                    isAmbiguous(repeated)
                    ? "the name \(key) appears twice in one object; operations that use it are skipped"
                    : "the name \(key) appears twice in one object; the first counts"
                ledger.add(
                    Diagnostic(
                        repeated.isSameMeaning ? .note : .warning, code: "repeated-key", message,
                        hint: "Keep one of the two.", file: file.document.file, position: repeated.position))
            }
        }
    }
}
