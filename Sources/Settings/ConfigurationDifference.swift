import Core
import Documents
import JSON

/// What two configurations differ in beside rules and what these know of tools. Named, and not judged.
package struct ConfigurationDifference: Sendable, Hashable {
    /// A tool that both have and of which a call may do something else.
    package struct OtherTool: Sendable, Hashable {
        package enum Part: String, Sendable, Hashable, CaseIterable {
            /// Whatever decides what a call does and as whom: text, schemas, request, destination, scope, what is sent in its
            /// place and what takes it back.
            case definition
            /// How it is tied to the acting user, with the reason where it is not.
            case scope
            /// The source by its name and address.
            case source
        }

        package var name: String
        package var parts: [Part]
    }

    /// Other sections of the file than the policy, in the order of the files.
    package let sections: [String]
    /// By name.
    package let tools: [OtherTool]

    /// Compares what can be called of both, and sections as they are written. What other files hold that a section names is not
    /// looked at, but for the documents that tools come from.
    package init(_ old: Configuration, _ new: Configuration) {
        let (before, after) = (Self.sections(of: old), Self.sections(of: new))
        let names = before.map(\.key) + after.map(\.key).filter { before[$0] == nil }
        sections = names.filter { name in
            guard name != "policy" else { return false }
            guard let left = before[name], let right = after[name] else { return true }
            return !left.isEqual(to: right)
        }
        let catalogue = Catalogue(new.tools)
        tools = Catalogue(old.tools).tools.compactMap { tool in
            guard let other = catalogue[tool.name] else { return nil }
            var parts: [OtherTool.Part] = []
            if tool.definition != other.definition { parts.append(.definition) }
            if tool.scope != other.scope { parts.append(.scope) }
            let addresses = [(old, tool), (new, other)].map { configuration, tool in
                configuration.sources.first { $0.name == tool.source }?.baseURL
            }
            if tool.source != other.source || addresses[0] != addresses[1] { parts.append(.source) }
            return parts.isEmpty ? nil : OtherTool(name: tool.name, parts: parts)
        }
    }

    /// A configuration is only made of a file that could be read.
    private static func sections(of configuration: Configuration) -> JSONObject {
        (try? SourceDocument.parse(configuration.text, file: ""))?.value.object ?? JSONObject()
    }
}
