import Core
import Engine
import Evidence
import JSON
import Store

/// Walks over the journal beside a running server, with little of it in memory.
struct RecordedCalls {
    let log: LogReader
    /// What is older is passed over.
    let since: Timestamp?

    /// Entries in their order, each with its events or its act. What cannot be read is passed over.
    ///
    /// - Parameter limit: how many entries are read at once.
    /// - Returns: how many could not be read.
    @discardableResult
    func walk(limit: Int = 1000, _ visit: (JournalRow, [JSONValue]) throws -> Void) async throws -> Int {
        var position = try await start()
        var (read, damaged) = (0, 0)
        while true {
            let rows = try await log.rows(after: position, limit: limit)
            guard let last = rows.last else { return damaged }
            position = last.position
            for row in rows {
                if let since, row.at < since { continue }
                guard let entry = try? Entry(row) else {
                    damaged += 1
                    continue
                }
                try visit(row, entry.body)
            }
            let before = read
            read += rows.count
            if read / 100_000 > before / 100_000 { note("\(read) entries read, to \(last.at)") }
        }
    }

    /// A position before everything that is young enough. Entries are nearly in the order of their times: an hour is spare.
    private func start() async throws -> Int {
        guard let since else { return 0 }
        let moment = since.advanced(bySeconds: -3600)
        var (low, high) = (0, try await log.state().entries)
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try await log.rows(after: middle, limit: 1).first, row.at < moment else {
                high = middle
                continue
            }
            low = row.position
        }
        return low
    }
}

/// The moment before which a command looks at nothing.
func moment(since text: String?) throws -> Timestamp? {
    guard let text else { return nil }
    guard let seconds = seconds(text) else { throw CommandError("'\(text.boundedText)' is no time such as 30m or 7d") }
    return systemTime().advanced(bySeconds: -seconds)
}
