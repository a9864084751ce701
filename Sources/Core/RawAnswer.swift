/// What a source did with a request, before anything of it may be shown.
package enum RawAnswer: Sendable, Hashable {
    /// The source answered. The media type is lower case without parameters.
    case answered(status: Int, mediaType: String?, body: [UInt8])
    /// The source answered with something that must not leave, such as the credential it was sent.
    case withheld(status: Int, cause: String)
    /// No answer. `didSend` tells whether any byte of the request may have left, `isOurs` whether the reason lies with us or
    /// the request, and says nothing of the source.
    case failed(didSend: Bool, cause: String, isOurs: Bool = false)
    /// The call was recorded too late to be made, and nothing left.
    case late(cause: String)
}
