package import Core
package import JSON
import Policy
import Synchronization

/// The tools that principals see, encoded once.
///
/// What is visible follows from user, agent, tenant and roles; principals that share these share the bytes.
package final class Listing: Sendable {

    private struct Key: Hashable {
        let user: String
        let agent: String
        let tenant: String?
        let roles: Set<String>
    }

    private let catalogue: Catalogue
    private let policy: Policy
    private let encoded: [String: [UInt8]]
    private let known = Mutex<[Key: [[UInt8]]]>([:])

    static let maxKnown = 4096

    init(catalogue: Catalogue, policy: Policy) {
        self.catalogue = catalogue
        self.policy = policy
        encoded = Dictionary(uniqueKeysWithValues: catalogue.tools.map { ($0.name, $0.listed.bytes) })
    }

    /// The encoded tools that the principal may know of, by name.
    package func tools(for principal: Principal) -> [[UInt8]] {
        let key = Key(
            user: principal.user, agent: principal.agent, tenant: principal.tenant, roles: principal.roles)
        if let tools = known.withLock({ $0[key] }) { return tools }
        let tools = catalogue.visible(to: principal, under: policy).compactMap { encoded[$0.tool.name] }
        known.withLock { known in
            if known.count >= Self.maxKnown { known.removeAll() }
            known[key] = tools
        }
        return tools
    }
}

extension Tool {
    /// The tool as MCP lists it.
    package var listed: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if let title { object.append("title", .string(title)) }
        object.append("description", .string(description))
        object.append("inputSchema", inputSchema)
        if let outputSchema { object.append("outputSchema", outputSchema) }
        object.append("annotations", annotations)
        return .object(object)
    }
}
