/// Why bytes are not a message that is accepted.
package struct FramingFlaw: Error, Sendable, Hashable {
    package enum Code: Sendable, Hashable {
        /// Not what RFC 9112 calls a message.
        case violation
        /// More than is read.
        case tooLarge
    }

    package let code: Code
    /// One sentence, for the log.
    package let detail: String

    package static func violation(_ detail: String) -> FramingFlaw { FramingFlaw(code: .violation, detail: detail) }
    package static func tooLarge(_ detail: String) -> FramingFlaw { FramingFlaw(code: .tooLarge, detail: detail) }
}
