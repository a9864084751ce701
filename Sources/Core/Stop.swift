package import JSON

/// An order that nothing of a kind may run until somebody takes it back.
package struct Stop: Sendable, Hashable {
    /// What is stopped.
    package enum Scope: Sendable, Hashable {
        case all
        case agent(String)
        case user(String)
        case tool(String)
        case source(String)
    }

    package var scope: Scope
    package var by: String
    package var at: Timestamp
    package var reason: String

    package init(_ scope: Scope, by: String, at: Timestamp, reason: String) {
        self.scope = scope
        self.by = by
        self.at = at
        self.reason = reason
    }
}

extension Stop.Scope {
    /// - Parameters:
    ///   - kind: `all`, `agent`, `user`, `tool` or `source`.
    ///   - name: nil for `all` only.
    package init?(_ kind: String, _ name: String?) {
        switch (kind, name) {
        case ("all", nil): self = .all
        case ("agent", let name?): self = .agent(name)
        case ("user", let name?): self = .user(name)
        case ("tool", let name?): self = .tool(name)
        case ("source", let name?): self = .source(name)
        default: return nil
        }
    }

    package var kind: String {
        switch self {
        case .all: "all"
        case .agent: "agent"
        case .user: "user"
        case .tool: "tool"
        case .source: "source"
        }
    }

    package var name: String? {
        switch self {
        case .all: nil
        case .agent(let name), .user(let name), .tool(let name), .source(let name): name
        }
    }

    /// In words: "everything", "the agent x".
    package var text: String { name.map { "the \(kind) \($0)" } ?? "everything" }

    package var details: JSONObject {
        var details: JSONObject = ["what": .string(kind)]
        if let name { details.append("name", .string(name)) }
        return details
    }
}

/// What is stopped now: a fold over the orders.
package struct Stops: Sendable, Hashable {
    private var orders: [Stop.Scope: Stop] = [:]

    package init() {}

    /// The orders, the oldest first.
    package var all: [Stop] { orders.values.sorted { ($0.at, $0.scope.text) < ($1.at, $1.scope.text) } }

    package mutating func add(_ stop: Stop) {
        // The first order says since when.
        if orders[stop.scope] == nil { orders[stop.scope] = stop }
    }

    /// - Returns: false where there is no such order.
    package mutating func remove(_ scope: Stop.Scope) -> Bool {
        orders.removeValue(forKey: scope) != nil
    }

    /// The order that keeps a call from running; nil where none does.
    package func stop(of call: Opening) -> Stop? {
        if orders.isEmpty { return nil }
        return orders[.all] ?? orders[.agent(call.principal.agent)] ?? orders[.user(call.principal.user)]
            ?? orders[.tool(call.tool)] ?? orders[.source(call.source)]
    }
}
