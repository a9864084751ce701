import JSON

/// What the journal says of the tool of a call.
package final class ToolReference: Sendable {
    package let name: String
    package let source: String
    package let bucket: String
    /// The tool's definition hash.
    package let definition: Digest
    let members: EncodedMembers

    package init(name: String, source: String, bucket: String, definition: Digest) {
        self.name = name
        self.source = source
        self.bucket = bucket
        self.definition = definition
        members = EncodedMembers([
            "tool": .string(name), "source": .string(source), "bucket": .string(bucket),
            "definition": .string(definition.hex),
        ])
    }

    /// - Returns: nil for members that are not those of a tool.
    convenience init?(_ object: JSONObject) {
        guard let name = object["tool"]?.string, let source = object["source"]?.string,
            let bucket = object["bucket"]?.string,
            let definition = object["definition"]?.string.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.init(name: name, source: source, bucket: bucket, definition: definition)
    }
}

extension ToolReference: Hashable {
    package static func == (left: ToolReference, right: ToolReference) -> Bool {
        left === right || left.members.members == right.members.members
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(definition)
    }
}
