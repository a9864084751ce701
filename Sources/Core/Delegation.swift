/// A person lets another decide in their place for a time.
package struct Delegation: Sendable, Hashable {
    package var from: String
    package var to: String
    /// Only these of their roles; nil for all.
    package var roles: Set<String>?
    package var until: Timestamp
    package var reason: String

    package init(from: String, to: String, roles: Set<String>? = nil, until: Timestamp, reason: String) {
        self.from = from
        self.to = to
        self.roles = roles
        self.until = until
        self.reason = reason
    }
}

/// All delegations in force: one at most from one person to another.
package struct Delegations: Sendable, Hashable {
    private var known: [String: [String: Delegation]] = [:]

    package init() {}

    package mutating func add(_ delegation: Delegation) {
        known[delegation.to, default: [:]][delegation.from] = delegation
    }

    /// - Returns: false where there is none.
    package mutating func remove(from: String, to: String) -> Bool {
        known[to]?.removeValue(forKey: from) != nil
    }

    /// Those that are not over, by whom and to whom.
    package func all(at now: Timestamp) -> [Delegation] {
        known.values.flatMap(\.values).filter { now < $0.until }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// The roles that others delegated to a person, with who that was. What was delegated is not delegated on: only roles
    /// that the other has of their own count.
    ///
    /// - Parameter people: everybody's own roles.
    package func roles(
        of person: String, among people: [String: Set<String>], at now: Timestamp
    ) -> [String: String] {
        var roles: [String: String] = [:]
        for delegation in (known[person] ?? [:]).values.sorted(by: { $0.from < $1.from }) where now < delegation.until {
            let own = people[delegation.from] ?? []
            for role in delegation.roles.map(own.intersection) ?? own where roles[role] == nil {
                roles[role] = delegation.from
            }
        }
        return roles
    }

    /// Whether a person may still act with a role of another.
    package func covers(_ role: String, from: String, to: String, at now: Timestamp) -> Bool {
        guard let delegation = known[to]?[from], now < delegation.until else { return false }
        return delegation.roles?.contains(role) ?? true
    }
}
