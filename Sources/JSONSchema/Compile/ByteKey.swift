import JSON

/// A string as a key that compares by UTF-8 bytes, so that no two spellings of a name are taken for one.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        // Swift hashes the canonical form, so equal bytes have equal hashes.
        hasher.combine(text)
    }
}
