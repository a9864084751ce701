/// Why a regular expression is not accepted, and where in it.
package struct PatternError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        /// Not an expression of ECMA-262.
        case syntax
        /// Needs more than a finite automaton: `\1`, `\k<name>`.
        case backReference
        /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
        case lookAround
        /// A `\p{…}` that is not known here.
        case unknownProperty
        /// The program, or the nesting of its groups, is over the limit.
        case tooLarge
    }

    package let code: Code
    /// Unicode scalars before the offending place.
    package let offset: Int
    package let message: String
}
