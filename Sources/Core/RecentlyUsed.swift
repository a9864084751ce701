/// A bounded dictionary that forgets what was not used for longest, by halves.
///
/// Two generations stand in for an exact order of use: a value that is found in the older one moves to the younger,
/// and when the younger is full it becomes the older. Every operation takes constant time, whatever keys an attacker
/// chooses to ask for.
package struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline let half: Int
    @usableFromInline var young: [Key: Value] = [:]
    @usableFromInline var old: [Key: Value] = [:]

    /// - Parameter limit: the most values that are ever held, at least 2.
    @inlinable
    package init(limit: Int) {
        half = max(1, limit / 2)
    }

    @inlinable
    package var count: Int {
        young.count + old.count
    }

    /// The value, which counts as used now.
    @inlinable
    package mutating func find(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        insert(value, for: key)
        return value
    }

    @inlinable
    package mutating func insert(_ value: Value, for key: Key) {
        old.removeValue(forKey: key)
        young[key] = value
        if young.count > half {
            old = young
            young = [:]
            young.reserveCapacity(min(half + 1, 1024))
        }
    }

    @inlinable
    package mutating func remove(_ key: Key) {
        young.removeValue(forKey: key)
        old.removeValue(forKey: key)
    }

    @inlinable
    package mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
