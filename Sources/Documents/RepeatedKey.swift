package import JSON

/// A name that an object of a source document repeats. The value of the first occurrence counts.
package struct RepeatedKey: Sendable, Hashable {
    /// The object that holds both members.
    package let object: JSONPointer
    package let key: String
    /// The later occurrence.
    package let position: SourcePosition
    /// Whether both values mean the same (``JSON/JSONValue/isEqual(to:)``).
    package let isSameMeaning: Bool

    package init(object: JSONPointer, key: String, position: SourcePosition, isSameMeaning: Bool) {
        self.object = object
        self.key = key
        self.position = position
        self.isSameMeaning = isSameMeaning
    }
}
