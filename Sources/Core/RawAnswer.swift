/// What a source did with a request, before anything of it may be shown.
package enum RawAnswer: Sendable, Hashable {
    /// The source answered. The media type is lower case without parameters.
    case answered(status: Int, mediaType: String?, body: [UInt8])
    /// No answer. `didSend` tells whether any byte of the request may have left.
    case failed(didSend: Bool, cause: String)
}
