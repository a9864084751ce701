/// Which calls are kept as spans: a share of all, by a random word of our own for each. Nothing that a client says is
/// looked at: a trace's id is the client's to choose, and one that is kept could be named again and again.
package struct Sampler: Sendable, Hashable {
    private static let range = 1 << 56
    /// Words whose last 56 bits are below it are not kept.
    private let threshold: UInt64

    /// - Parameter share: from 0, none, to 1, all.
    package init(share: Double) {
        let kept = share.isFinite ? min(1, max(0, share)) : 0
        threshold = UInt64((1 - kept) * Double(Self.range))
    }

    func keeps(_ word: UInt64) -> Bool {
        word & UInt64(Self.range - 1) >= threshold
    }
}
