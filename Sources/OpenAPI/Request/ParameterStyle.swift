/// How a value becomes text (OpenAPI 3.1.1 §4.8.12.2, RFC 6570; Swagger 2.0 `collectionFormat`).
struct ParameterStyle: Sendable, Hashable {
    enum Form: Sendable, Hashable {
        case simple, label, matrix, form, spaceDelimited, pipeDelimited, tabDelimited, deepObject
        /// One JSON text (`content` with a JSON media type).
        case json
    }

    var form: Form
    var explode: Bool
    var allowsReserved = false
    var allowsEmpty = false
    /// Names that an exploded object may turn into names of the request; what is not listed is refused.
    var members: [String] = []

    /// Between elements where they are not exploded.
    var delimiter: String {
        switch form {
        case .spaceDelimited: "%20"
        case .pipeDelimited: "%7C"
        case .tabDelimited: "%09"
        default: ","
        }
    }

    /// The byte that the delimiter stands for where an element holding it could not be told apart.
    var delimiterByte: UInt8? {
        switch form {
        case .spaceDelimited: 0x20
        case .pipeDelimited: 0x7C
        case .tabDelimited: 0x09
        default: nil
        }
    }

    /// Whether the members of an object become names of the request.
    var spreadsMembers: Bool {
        explode && (form == .form || form == .spaceDelimited || form == .pipeDelimited || form == .tabDelimited)
    }
}
