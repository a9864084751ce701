/// What becomes of a field's value before it is written down.
package enum Treatment: String, Sendable, Hashable, CaseIterable {
    /// Nothing stays.
    case drop
    /// A keyed hash stays, by which somebody who holds a value can tell whether it was this one.
    case hash
    /// The first character and the last two stay, so that people recognise what they know.
    case mask
}

/// A field that is treated: by its name at any depth, or by the end of its path, such as `customer.email`.
package struct FieldTreatment: Sendable, Hashable {
    /// Names from outside to inside; lists are passed through.
    package var path: [String]
    package var treatment: Treatment

    /// - Returns: nil for an empty path, or one with an empty name.
    package init?(path: String, _ treatment: Treatment) {
        self.path = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !self.path.contains("") else { return nil }
        self.treatment = treatment
    }
}
