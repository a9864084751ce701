/// Somebody who proved to be themselves and decides a call.
package struct Approver: Sendable, Hashable {
    package var name: String
    /// How tokens name the same person, beside the name.
    package var subjects: Set<String>
    package var roles: Set<String>
    /// Roles that others delegated to them for now, with who that was.
    package var delegated: [String: String]
    /// Whether a token in this name, or one of ``subjects``, can only be theirs, so that they may confirm its calls.
    package var isSure: Bool

    package init(
        _ name: String, subjects: Set<String> = [], roles: Set<String>, delegated: [String: String] = [:],
        isSure: Bool = false
    ) {
        self.name = name
        self.subjects = subjects
        self.roles = roles
        self.delegated = delegated
        self.isSure = isSure
    }
}
