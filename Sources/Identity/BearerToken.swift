/// What the `Authorization` header of a request holds. Tokens anywhere else, such as in a query, are never read.
package enum BearerToken: Sendable, Hashable {
    /// No header, or credentials of another scheme.
    case missing
    case token([UInt8])
    /// A bearer credential that breaks the grammar, or more than one header.
    case malformed

    /// Reads `Bearer` and exactly one token68 (RFC 6750 §2.1, RFC 9110 §11.4).
    ///
    /// - Parameter values: the values of all `Authorization` fields of the request.
    package init(fromAuthorizationHeader values: [String]) {
        guard let value = values.first else {
            self = .missing
            return
        }
        guard values.count == 1 else {
            self = .malformed
            return
        }
        let bytes = Array(value.utf8)
        let scheme = bytes.prefix { $0 != 0x20 }
        let isBearer = "bearer".utf8.elementsEqual(
            scheme.lazy.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 })
        guard isBearer else {
            self = .missing
            return
        }
        let token = bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
        let body = token.prefix { $0 != UInt8(ascii: "=") }
        let isToken =
            !body.isEmpty && body.allSatisfy(Self.isToken68)
            && token.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
        self = isToken ? .token(Array(token)) : .malformed
    }

    private static func isToken68(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
