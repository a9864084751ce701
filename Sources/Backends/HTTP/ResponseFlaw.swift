import HTTP

/// Why bytes are not a response that is accepted.
struct ResponseFlaw: Error {
    let code: UpstreamFault.Code
    let detail: String

    init(_ code: UpstreamFault.Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ flaw: FramingFlaw) {
        self.init(flaw.code == .tooLarge ? .tooLarge : .protocolViolation, flaw.detail)
    }

    static func violation(_ detail: String) -> ResponseFlaw { ResponseFlaw(.protocolViolation, detail) }
    static func tooLarge(_ detail: String) -> ResponseFlaw { ResponseFlaw(.tooLarge, detail) }
}
