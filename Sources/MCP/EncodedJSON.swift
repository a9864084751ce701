public import JSON

/// A JSON value that is already written, embedded as it stands.
public struct EncodedJSON: Sendable, Hashable {
    public let bytes: [UInt8]

    public init(_ value: JSONValue) {
        bytes = value.bytes
    }

    /// Takes text that was written or parsed by this program.
    ///
    /// Nothing checks it again: text that is not one JSON value makes the message around it invalid.
    public init(trusting bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether the value is an object, by its first byte.
    var isObject: Bool {
        bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == 0x7B
    }
}
