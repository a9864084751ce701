package import JSON

/// Answers questions about facts that rules demand.
package protocol FactSource: Sendable {
    /// - Returns: nil for whatever is no answer.
    func ask(_ question: JSONObject) async -> JSONValue?
}
