/// The control that follows from risk and the operator's say.
package enum Bucket: String, Sendable, Hashable, CaseIterable {
    /// Runs when policy allows.
    case read
    /// Changes state: policy decides whether it runs or waits for a human.
    case write
    /// Has no tool at all.
    case never
}

extension Bucket {
    /// Whether it lets more through than another.
    package func isLooser(than other: Bucket) -> Bool {
        let order: [Bucket] = [.never, .write, .read]
        return (order.firstIndex(of: self) ?? 0) > (order.firstIndex(of: other) ?? 0)
    }
}
