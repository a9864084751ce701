/// Where the sources of a judgement say opposite things, each kind once, in the order of ``Contradiction/Kind``.
func findContradictions(
    _ readings: Readings, _ balance: Balance, _ categories: Categories, changes: Bool
) -> [Contradiction] {
    var found: [Contradiction] = []
    let declared = readings.subject.annotations
    let change = balance.strongestChange
    if declared.readOnly == true, changes, let change {
        found.append(Contradiction(.declaredReadOnly, "declared read-only, but \(change)"))
    }
    if declared.destructive == false, let word = categories.destruction {
        found.append(Contradiction(.declaredNotDestructive, "declared not destructive, but \(word)"))
    }
    if declared.readOnly == true, declared.destructive == true {
        found.append(Contradiction(.declaredBoth, "declared read-only and destructive at once"))
    }
    if readings.readsByMethod, changes, let change {
        found.append(Contradiction(.readingMethod, "method \(quoted(readings.method)), but \(change)"))
    }
    let nameReads = readings.name.act.isRead && readings.name.certainty == .clear && !readings.name.more.isChange
    if ["PUT", "PATCH", "DELETE"].contains(readings.method), nameReads {
        found.append(
            Contradiction(
                .changingMethod, "method \(quoted(readings.method)), but the name says \(quoted(readings.name.verb))"))
    }
    if nameReads, readings.text.act.isChange, !readings.text.isVague {
        found.append(
            Contradiction(
                .readingName,
                "the name says \(quoted(readings.name.verb)), but the description says \(quoted(readings.text.verb))"))
    }
    return found
}
