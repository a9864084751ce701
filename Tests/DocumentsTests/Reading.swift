import Documents
import JSON
import Testing

/// What reading a text ends in.
func outcome(
    _ text: String, limits: SourceDocument.Limits = .init()
) -> Result<SourceDocument, Diagnostic> {
    outcome(Array(text.utf8), limits: limits)
}

func outcome(_ bytes: [UInt8], limits: SourceDocument.Limits = .init()) -> Result<SourceDocument, Diagnostic> {
    Result { () throws(Diagnostic) in try SourceDocument.parse(bytes, file: "x", limits: limits) }
}

/// The value of a text as JSON, or the code of the error and its place.
func summary(_ text: String, limits: SourceDocument.Limits = .init()) -> String {
    switch outcome(text, limits: limits) {
    case .success(let document): document.value.text
    case .failure(let error): "\(error.code) \(error.position.map { "\($0.line):\($0.column)" } ?? "nowhere")"
    }
}

/// The places of pointers, as `line:column`.
func places(_ text: String, _ pointers: [String]) throws -> [String?] {
    let document = try outcome(text).get()
    let parsed = try pointers.map { try #require(JSONPointer(parsing: $0)) }
    let positions = document.positions(of: parsed)
    return parsed.map { positions[$0].map { "\($0.line):\($0.column)" } }
}
