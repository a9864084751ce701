import Risk

/// The tools of one snapshot. A never tool and a tool without a scope are not in it.
package struct Catalogue: Sendable {
    /// In the order in which they are listed: by name.
    package let tools: [Tool]
    private let indices: [String: Int]
    /// How many operations were held back because nobody declared a scope.
    package let heldBack: Int
    /// How many operations the never bucket keeps out.
    package let never: Int
    /// How many tools are out until somebody looks at what changed of them.
    package let suspended: Int

    /// Takes what the sources offer and leaves out what must not be reachable.
    ///
    /// Of two tools with one name neither is taken: which one a caller meant could not be told.
    ///
    /// - Parameter suspended: tools, by key, that nobody may reach for now.
    package init(_ offered: [Tool], suspended: Set<String> = []) {
        let granted = offered.filter { $0.bucket != .never && $0.scope.isDeclared }
        let reachable = granted.filter { !suspended.contains($0.key) }
        self.suspended = granted.count - reachable.count
        let counts = reachable.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
        tools =
            reachable.filter { counts[$0.name] == 1 }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        indices = Dictionary(uniqueKeysWithValues: tools.enumerated().map { ($1.name, $0) })
        heldBack = offered.count { $0.bucket != .never && !$0.scope.isDeclared }
        never = offered.count { $0.bucket == .never }
    }

    package subscript(name: String) -> Tool? {
        indices[name].map { tools[$0] }
    }
}
