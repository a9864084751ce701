import Core
import Evidence

/// What happened with money of one currency, in millionths of its unit.
package struct IncidentMoney: Sendable, Hashable {
    package var currency: String
    package var done: Int64 = 0
    package var unknown: Int64 = 0
    /// Asked for and not done.
    package var refused: Int64 = 0
    /// Whether a sum was too large to be told.
    package var isMore = false
}

/// What happened to one record.
package struct IncidentRecord: Sendable, Hashable {
    package var name: String
    package var tools: Set<String> = []
    package var reads = 0
    package var changes = 0
    /// Changes of which nobody knows whether they were made.
    package var unknown = 0
}

/// Somebody who had to do with it.
package struct IncidentPerson: Sendable, Hashable {
    package var name: String
    /// Calls in their name.
    package var calls = 0
    package var approved = 0
    package var rejected = 0
    /// Administrative acts.
    package var acts = 0
}

extension ExportedEvent {
    /// Whether it tells of requests that never became calls.
    var isRefusal: Bool { isAct && (name == "call-refused" || name == "calls-refused") }
}

extension Incident {
    package func count(_ fate: IncidentCall.Fate, isRead: Bool? = nil) -> Int {
        calls.count { $0.fate == fate && (isRead ?? $0.isRead) == $0.isRead }
    }

    /// By currency, in the order of its name.
    package var money: [IncidentMoney] {
        var sums: [String: IncidentMoney] = [:]
        for call in calls where !call.isRead {
            guard let (amount, currency) = call.money, amount > 0 else { continue }
            var sum = sums[currency] ?? IncidentMoney(currency: currency)
            func add(_ path: WritableKeyPath<IncidentMoney, Int64>) {
                let (value, overflow) = sum[keyPath: path].addingReportingOverflow(amount)
                sum[keyPath: path] = overflow ? .max : value
                sum.isMore = sum.isMore || overflow
            }
            switch call.fate {
            case .done: add(\.done)
            case .unknown: add(\.unknown)
            case .failed, .denied, .rejected, .expired, .withdrawn, .waiting: add(\.refused)
            }
            sums[currency] = sum
        }
        return sums.values.sorted { $0.currency < $1.currency }
    }

    /// How many calls that changed something, or may have, name an amount that cannot be added up: no number, or less than nothing.
    package var uncounted: Int {
        calls.count { call in
            guard !call.isRead, call.fate == .done || call.fate == .unknown, call.stakes?.amount != nil else {
                return false
            }
            return (call.money?.amount ?? -1) < 0
        }
    }

    /// What was changed first, then what was read most.
    package var records: [IncidentRecord] {
        var found: [String: IncidentRecord] = [:]
        for call in calls where call.fate == .done || call.fate == .unknown {
            // Of an unknown outcome nobody knows the records, so those that it names count.
            let names = call.records.isEmpty ? call.arguments.recordNames : call.records
            for name in Set(names) {
                var record = found[name] ?? IncidentRecord(name: name)
                record.tools.insert(call.tool)
                if call.isRead {
                    record.reads += 1
                } else if call.fate == .unknown {
                    record.unknown += 1
                } else {
                    record.changes += 1
                }
                found[name] = record
            }
        }
        return found.values.sorted {
            ($0.changes + $0.unknown, $0.reads, $1.name) > ($1.changes + $1.unknown, $1.reads, $0.name)
        }
    }

    package var people: [IncidentPerson] {
        var found: [String: IncidentPerson] = [:]
        func note(_ name: String, _ path: WritableKeyPath<IncidentPerson, Int>) {
            found[name, default: IncidentPerson(name: name)][keyPath: path] += 1
        }
        for call in calls {
            note(call.user, \.calls)
            for decision in call.decisions { note(decision.by, decision.isApproved ? \.approved : \.rejected) }
        }
        for act in acts where !act.isRefusal { if let by = act.by { note(by, \.acts) } }
        return found.values.sorted { ($0.calls, $1.name) > ($1.calls, $0.name) }
    }
}
