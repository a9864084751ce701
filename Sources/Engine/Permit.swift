package import Core

/// The single-use right to dispatch one call.
///
/// Only a durable `admitted` event mints one (``Gate/admit``), and dispatching consumes it, so nothing leaves
/// unrecorded and nothing leaves twice.
package struct Permit: ~Copyable, Sendable {
    package let call: CallID
    /// Names this attempt towards the source, as its idempotency key where it takes one.
    package var operation: String { call.text }
    /// The `traceparent` (W3C Trace Context) that the source gets, where there is one.
    package let trace: String?

    init(call: CallID, trace: String? = nil) {
        self.call = call
        self.trace = trace
    }
}
