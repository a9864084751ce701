/// A named human's yes or no.
package struct Verdict: Sendable, Hashable {
    /// The person, as they proved to be.
    package var by: String
    /// The roles they held when they decided, their own and those delegated to them.
    package var roles: Set<String>
    /// Roles that another person had delegated to them, with who that was.
    package var delegated: [String: String]
    package var reason: String?
    /// How it reached us, such as `command-line`.
    package var channel: String
    /// Whether they are the acting user, who confirms what their agent asks for.
    package var isOwn: Bool
    /// Whether they broke the glass: one yes in place of all that is demanded.
    package var isEmergency: Bool
    /// Whether they had approved so much shortly before that somebody else has to approve as well.
    package var isHasty: Bool
    /// When it was given: the moment of its event.
    package internal(set) var at = Timestamp(microseconds: 0)

    package init(
        by: String, roles: Set<String>, delegated: [String: String] = [:], reason: String? = nil, channel: String,
        isOwn: Bool = false, isEmergency: Bool = false, isHasty: Bool = false
    ) {
        self.by = by
        self.roles = roles
        self.delegated = delegated
        self.reason = reason
        self.channel = channel
        self.isOwn = isOwn
        self.isEmergency = isEmergency
        self.isHasty = isHasty
    }
}
