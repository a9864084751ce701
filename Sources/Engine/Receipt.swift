package import Core

/// Where a call stands in the log.
package struct Receipt: Sendable, Hashable {
    package let call: CallID
    /// The index of its newest entry, counted from 0.
    package let index: Int
}

extension Gate {
    /// Where the call of a reply stands in the log, once that is durable; nil where it has no record of its own.
    package func receipt(of reply: Reply) async -> Receipt? {
        let id: CallID? =
            switch reply {
            case .answer(_, let call): call
            case .earlier(_, let call), .pending(let call): call.id
            case .refused(_, let call): call
            }
        guard let id, let entry = try? await journal.search(EntryFilter(call: id, limit: 1)).first else { return nil }
        return Receipt(call: id, index: entry.position - 1)
    }
}
