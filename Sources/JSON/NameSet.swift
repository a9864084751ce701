/// The names of an object being read: a walk while there are few, a table beyond, so that hostile objects stay linear.
///
/// Comparison is Swift's: names that differ only by Unicode normalisation count as one.
package struct NameSet: Sendable {
    private var seen: [String: Int] = [:]

    package init() {}

    /// The index of the member with this name, or nil; then the caller appends the name to the members next.
    ///
    /// All calls must pass the same growing list.
    package mutating func firstIndex(adding key: String, to members: [JSONObject.Member]) -> Int? {
        if members.count < 16 { return members.firstIndex { $0.key == key } }
        if seen.isEmpty {
            seen.reserveCapacity(64)
            for (index, member) in members.enumerated() { seen[member.key] = index }
        }
        if let first = seen[key] { return first }
        seen[key] = members.count
        return nil
    }
}
