/// What a database has committed since it was opened.
package struct CommitFigures: Sendable, Hashable {
    package var commits = 0
    /// Transactions of callers that shared them.
    package var jobs = 0
    /// Promised writes that were not on disk at once.
    package var failures = 0
    /// Time that commits took.
    package var latency = Histogram()

    package init() {}

    package mutating func add(jobs count: Int, microseconds: Int64) {
        commits &+= 1
        jobs &+= count
        latency.add(microseconds: microseconds)
    }
}
