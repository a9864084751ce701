/// A member of an event that is free text, in which a secret may stand. All else in an event has a form by which it is read back.
package enum FreeMember: Sendable, Hashable, CaseIterable {
    case arguments, stakes, change, cause, reason, records, errors, trace, idempotencyKey

    /// Its name in the journal's form.
    var key: StaticString {
        switch self {
        case .arguments: "arguments"
        case .stakes: "stakes"
        case .change: "change"
        case .cause: "cause"
        case .reason: "reason"
        case .records: "records"
        case .errors: "errors"
        case .trace: "trace"
        case .idempotencyKey: "idempotency_key"
        }
    }

    /// All of them by their names, with how far each is free.
    package static let extents = Dictionary(
        uniqueKeysWithValues: allCases.map { member in
            (member.key.description, member == .arguments ? Sweeper.Extent.all : .values)
        })
}
