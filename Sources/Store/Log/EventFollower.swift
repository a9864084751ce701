import Engine
package import Evidence

/// Reads the journal on from a position as events, each with what its call's first entry says.
package struct EventFollower: Sendable {
    /// Events of whole entries, in their order.
    package struct Batch: Sendable {
        package var events: [ExportedEvent] = []
        /// The last entry that was read; what was pruned is passed over.
        package var last: Int
        /// How many entries before the last are not there any more.
        package var missing = 0
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
        var batch = Batch(last: position)
        var (size, count) = (0, 0)
        reading: while count < entries {
            // Few at once, since each may be large.
            let rows = try await log.rows(after: batch.last, limit: min(entries - count, Self.step))
            if rows.isEmpty { break }
            for row in rows {
                size += row.body.count
                if count > 0, size > bytes { break reading }
                if reader.lacksOpening(of: row), let call = row.call, let opening = try await log.opening(ofCall: call)
                {
                    _ = reader.read(opening)
                }
                batch.events += reader.read(row)
                batch.missing += row.position - batch.last - 1
                batch.last = row.position
                count += 1
            }
        }
        guard count > 0 else { return nil }
        position = batch.last
        return batch
    }

    private static let step = 16
}
