package import JSON

/// Members of an object together with their text, for what is written anew with every call and never changes.
package struct EncodedMembers: Sendable, Hashable {
    package let members: JSONObject
    /// The text between the braces.
    let bytes: [UInt8]

    package init(_ members: JSONObject) {
        self.members = members
        bytes = Array(JSONValue.object(members).bytes.dropFirst().dropLast())
    }
}
