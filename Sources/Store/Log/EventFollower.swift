import Engine
package import Evidence

/// Reads the journal on from a position as events, each with what its call's first entry says.
package struct EventFollower: Sendable {
    /// Events of whole entries, in their order.
    package struct Batch: Sendable {
        package var events: [ExportedEvent] = []
        /// The last entry that was read; what was pruned is passed over.
        package var last: Int
    }

    private let log: LogReader
    private var reader = EventReader()
    package private(set) var position: Int

    package init(_ log: LogReader, after position: Int) {
        self.log = log
        self.position = position
    }

    /// The next events, nil where there are none. Reading goes on behind them.
    ///
    /// - Parameters:
    ///   - entries: how many at most.
    ///   - bytes: about how many at most; one entry is read whatever its size.
    package mutating func next(entries: Int, bytes: Int = .max) async throws -> Batch? {
        let rows = try await log.rows(after: position, limit: entries)
        guard let first = rows.first else { return nil }
        var batch = Batch(last: first.position)
        var size = 0
        for row in rows {
            size += row.body.count
            if row.position > first.position, size > bytes { break }
            if reader.lacksOpening(of: row), let call = row.call, let opening = try await log.opening(ofCall: call) {
                _ = reader.read(opening)
            }
            batch.events += reader.read(row)
            batch.last = row.position
        }
        position = batch.last
        return batch
    }
}
