/// How a tool is tied to the acting user at the data layer.
package struct Scope: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Every call carries the user's own upstream credential.
        case userCredential
        /// Identity parameters are filled in from the principal.
        case bound
        /// The same data for every user, for a reason that a reviewer can read.
        case serviceWide(reason: String)
        /// Nobody has said. The tool is not listed and not callable.
        case undeclared
    }

    package var kind: Kind
    /// Arguments that the gateway fills in, by name. They are hidden from the tool's schema and refused when supplied.
    package var bindings: [String: Principal.Attribute]

    package init(_ kind: Kind, bindings: [String: Principal.Attribute] = [:]) {
        self.kind = kind
        self.bindings = bindings
    }

    package var isDeclared: Bool {
        if case .undeclared = kind { false } else { true }
    }

    /// The kind's name as configuration writes it.
    package var name: String {
        switch kind {
        case .userCredential: "user-credential"
        case .bound: "bound"
        case .serviceWide: "service-wide"
        case .undeclared: "undeclared"
        }
    }
}
