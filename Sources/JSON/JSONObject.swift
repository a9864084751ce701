/// The members of a JSON object in their order.
///
/// Lookup walks the members and compares UTF-8 bytes: at the sizes that messages have this is as fast as a
/// dictionary. Objects with thousands of members that are searched often deserve an index of the caller's own.
public struct JSONObject: Sendable {
    /// A name and its value.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        public static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }
    }

    @usableFromInline var members: [Member]

    public init() {
        members = []
    }

    /// Takes members as they are.
    ///
    /// The names must differ; where a document repeats one, the first wins on lookup.
    public init(members: [Member]) {
        self.members = members
    }

    /// The value of the first member with this name; setting nil removes it, setting a new name appends.
    @inlinable
    public subscript(key: String) -> JSONValue? {
        get {
            // By index: a member is looked at where it stands, and not copied.
            for index in members.indices where members[index].key.hasSameBytes(as: key) { return members[index].value }
            return nil
        }
        set {
            let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Whether a member has this name.
    public func contains(_ key: String) -> Bool {
        members.indices.contains { members[$0].key.hasSameBytes(as: key) }
    }

    /// Adds a member that is known to be new.
    public mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
    }

    public var keys: some Sequence<String> {
        members.lazy.map(\.key)
    }
}

extension JSONObject: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { members.count }
    @inlinable public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: Hashable {
    /// Same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members == right.members
    }
}

extension JSONObject {
    /// Whether every member has one of the same name and an equal value in an object of the same size.
    func hasEqualMembers(to other: JSONObject) -> Bool {
        if zip(self, other).allSatisfy({ $0.key.hasSameBytes(as: $1.key) }) {
            return zip(self, other).allSatisfy { $0.value.isEqual(to: $1.value) }
        }
        if count < 16 {
            return allSatisfy { member in other[member.key].map { $0.isEqual(to: member.value) } ?? false }
        }
        // Sorted by name, so that large objects in different orders do not take quadratic time.
        return zip(sortedByName, other.sortedByName).allSatisfy {
            $0.key.hasSameBytes(as: $1.key) && $0.value.isEqual(to: $1.value)
        }
    }

    private var sortedByName: [Member] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}
