/// Which traces are kept: a share of all, chosen by the trace's id alone, so that everybody with the same share keeps the
/// same ones (OpenTelemetry, consistent probability sampling: the last 56 bits against a threshold).
package struct Sampler: Sendable, Hashable {
    private static let range = 1 << 56
    /// Ids below it are not kept.
    private let threshold: UInt64

    /// - Parameter share: from 0, none, to 1, all.
    package init(share: Double) {
        let kept = share.isFinite ? min(1, max(0, share)) : 0
        threshold = UInt64((1 - kept) * Double(Self.range))
    }

    func keeps(_ low: UInt64) -> Bool {
        low & UInt64(Self.range - 1) >= threshold
    }
}
