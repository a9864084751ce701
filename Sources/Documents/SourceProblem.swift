/// Why a text is no document, with its place still as the reader counts it.
struct SourceProblem: Error {
    let code: String
    let message: String
    let hint: String?
    let place: SourceOffset

    init(_ code: String, _ message: String, hint: String? = nil, at place: SourceOffset) {
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place
    }
}
