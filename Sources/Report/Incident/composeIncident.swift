import Core
import Evidence
import JSON
import Policy

/// An incident as sections, for somebody who is no engineer.
func composeIncident(_ incident: Incident) -> [Section] {
    var sections = [Section(title: "In short", blocks: summary(incident).map { .paragraph($0) })]
    func add(_ title: String, _ words: String? = nil, _ columns: [String], _ rows: [[Section.Cell]]) {
        guard !rows.isEmpty else { return }
        var blocks: [Section.Block] = words.map { [.paragraph($0)] } ?? []
        blocks.append(.table(columns: columns, rows: Array(rows.prefix(mostRows))))
        if rows.count > mostRows { blocks.append(.paragraph("\(rows.count - mostRows) more are in events.jsonl.")) }
        sections.append(Section(title: title, blocks: blocks))
    }
    let unknown = incident.calls.filter { $0.fate == .unknown && !$0.isRead }
    add(
        "Nobody knows whether these happened", "Somebody has to look at the source, and reconcile them.",
        ["when", "what", "for", "call"],
        unknown.map { [time($0.at), Section.Cell($0.headline, .grave), cell($0.user), cell($0.id)] })
    add(
        "What was changed", nil, ["when", "what", "for", "approved by", "records"],
        incident.calls.filter { $0.fate == .done && !$0.isRead }.map { call in
            [time(call.at), cell(call.headline), cell(call.user), cell(approvers(call)), cell(list(call.records))]
        })
    add(
        "Values before and after", nil, ["when", "call", "field", "before", "after"],
        incident.calls.filter { $0.fate == .done && !$0.isRead }.flatMap { call in
            (call.change?.fields ?? call.stakes?.fields ?? []).map { field in
                [
                    time(call.at), cell(call.id), cell(field.name), cell(field.old ?? "not known"),
                    cell(field.new ?? "taken away"),
                ]
            }
        })
    add(
        "Money", nil, ["currency", "done", "may be done", "asked for and not done"],
        incident.money.map { sum in
            func amount(_ value: Int64) -> String { (sum.isMore ? "more than " : "") + moneyText(value, sum.currency) }
            return [
                cell(sum.currency), Section.Cell(amount(sum.done), sum.done > 0 ? .bad : .plain),
                Section.Cell(amount(sum.unknown), sum.unknown > 0 ? .grave : .plain), cell(amount(sum.refused)),
            ]
        })
    add(
        "Records", nil, ["record", "changed", "may be changed", "read", "by"],
        incident.records.map { record in
            [
                cell(record.name), cell(count(record.changes)), cell(count(record.unknown)), cell(count(record.reads)),
                cell(list(record.tools.sorted())),
            ]
        })
    add(
        "People", nil, ["who", "calls in their name", "approved", "rejected", "other acts"],
        incident.people.map { person in
            [
                cell(person.name), cell(count(person.calls)), cell(count(person.approved)),
                cell(count(person.rejected)),
                cell(count(person.acts)),
            ]
        })
    add(
        "Decisions of people", nil, ["when", "who", "said", "to", "because"],
        incident.calls.flatMap { call in
            call.decisions.map { decision in
                [
                    time(decision.at), cell(decision.by),
                    Section.Cell(
                        decision.isApproved ? decision.isEmergency ? "yes, alone, as an emergency" : "yes" : "no",
                        decision.isEmergency ? .grave : .plain),
                    cell(call.headline), cell(decision.reason.map { quoted($0) } ?? ""),
                ]
            }
        })
    add("What was not done", nil, ["tool", "why", "how often"], refused(incident))
    add(
        "What was done about it", nil, ["when", "who", "did", "about"],
        incident.acts.filter { !$0.isRefusal }.map { act in
            let about = ["scope", "reason", "code", "cause", "call"].compactMap { key in
                act.body["details"]?[key]?.string.map { "\(key) \(quoted($0, limit: 80))" }
            }
            return [
                time(act.at), cell(act.by ?? act.user ?? ""), cell(act.name),
                cell((about + [act.tool.map { quoted($0, limit: 60) }].compactMap { $0 }).joined(separator: ", ")),
            ]
        })
    add(
        "All calls", nil, ["when", "what", "for", "through", "what became of it", "call"],
        incident.calls.map { call in
            [
                time(call.at), cell(call.headline), cell(call.user), cell(call.agent),
                Section.Cell(words(call), tone(call)), cell(call.id),
            ]
        })
    sections.append(
        Section(
            title: "How to check this page",
            blocks: [
                .paragraph(
                    "It follows from the entries in evidence.jsonl alone, each with a proof that it is in the log \(incident.origin). "
                        + "'sallyport incident verify' makes the page anew from them and compares; it needs only the log's public key."
                ),
                .paragraph(
                    "That no entry is missing only the whole log can prove: 'sallyport audit export' and 'sallyport audit verify'."
                ),
            ]))
    return sections
}

private let mostRows = 500

private func summary(_ incident: Incident) -> [String] {
    let who = incident.subjects.map { "\($0.field) \(quoted($0.value, limit: 80))" }.joined(separator: " and ")
    let calls = incident.calls
    let people = Set(calls.map(\.user)).count
    let reads = calls.count { $0.isRead && $0.fate == .done }
    let changes = incident.count(.done, isRead: false)
    let unknown = incident.count(.unknown, isRead: false)
    var words = [
        "From \(shownTime(incident.since)) to \(shownTime(incident.until)), with \(who.isEmpty ? "everything" : who): \(number(calls.count, "call")) in the "
            + "name of \(number(people, "person", "people"))."
    ]
    if incident.isPartial { words.append("There were more calls than are shown: these are the newest.") }
    if calls.isEmpty {
        words.append("Nothing is in the log.")
        return words
    }
    let changed = incident.records.count { $0.changes > 0 }
    words.append(
        changes == 0
            ? "Nothing was changed, as far as is known."
            : "\(number(changes, "call")) changed something: \(number(changed, "record")) that can be named.")
    if unknown > 0 {
        words.append(
            "Of \(number(unknown, "call")) that would change something nobody knows whether it happened.")
    }
    let read = incident.records.count { $0.reads > 0 }
    words.append("\(number(reads, "call")) read \(number(read, "record")).")
    let stopped = calls.count { [.denied, .rejected, .expired, .withdrawn].contains($0.fate) }
    if stopped > 0 {
        words.append("\(number(stopped, "call")) did not run, because policy or a person said no or nobody said yes.")
    }
    for sum in incident.money where sum.done > 0 {
        words.append("Money that moved: \(sum.isMore ? "more than " : "")\(moneyText(sum.done, sum.currency)).")
    }
    if incident.uncounted > 0 {
        words.append(
            "\(number(incident.uncounted, "call")) name an amount that cannot be added up; see their values.")
    }
    return words
}

private func refused(_ incident: Incident) -> [[Section.Cell]] {
    var counts: [[String]: Int] = [:]
    for call in incident.calls where ![.done, .unknown].contains(call.fate) {
        counts[[call.tool, words(call) + (call.fate == .denied ? " (\(list(call.rules)))" : "")], default: 0] += 1
    }
    for act in incident.acts where act.isRefusal {
        let times = act.body["details"]?["times"]?.int ?? 1
        counts[[act.tool.map { quoted($0, limit: 60) } ?? "", act.code ?? "refused"], default: 0] &+= max(
            0, min(times, 1_000_000_000))
    }
    return counts.sorted { ($0.value, $1.key[0]) > ($1.value, $0.key[0]) }.map { key, count in
        [cell(key[0]), cell(key[1]), cell("\(count)")]
    }
}

private func words(_ call: IncidentCall) -> String {
    switch call.fate {
    case .done: call.isRead ? "read" : "done"
    case .failed: "not done" + (call.code.map { ": \($0)" } ?? "")
    case .unknown: "unknown"
    case .denied: "policy said no"
    case .rejected: "a person said no"
    case .expired: "nobody said yes in time"
    case .withdrawn: "taken back before it ran"
    case .waiting: "waits for a person"
    }
}

private func tone(_ call: IncidentCall) -> Section.Tone {
    switch call.fate {
    case .done: call.isRead ? .plain : .fair
    case .unknown: .grave
    case .failed, .denied, .rejected, .expired, .withdrawn, .waiting: .quiet
    }
}

private func approvers(_ call: IncidentCall) -> String {
    let names = call.decisions.filter(\.isApproved).map(\.by)
    return names.isEmpty ? "nobody was asked" : list(names)
}

private func time(_ moment: Timestamp) -> Section.Cell { cell(shownTime(moment)) }

/// To the second, in UTC.
private func shownTime(_ moment: Timestamp) -> String {
    moment.description.prefix(19).replacing("T", with: " ") + " UTC"
}

private func cell(_ text: String) -> Section.Cell { Section.Cell(text) }

private func count(_ value: Int) -> String { value == 0 ? "" : "\(value)" }

private func number(_ value: Int, _ one: String, _ many: String? = nil) -> String {
    "\(value) \(value == 1 ? one : many ?? one + "s")"
}

private func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { quoted($0, limit: 60) }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
}
