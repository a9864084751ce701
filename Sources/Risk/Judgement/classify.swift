/// Judges an operation by everything that is known about it.
///
/// Fields are read one by one (``readName(_:)``, ``readPath(_:)``, ``readText(_:name:)``), weighed (``Balance``) and
/// sorted into categories (``Categories``). Total and deterministic; of long texts only the beginning is looked at.
/// What is not understood is a side effect. Declared annotations raise the level and never lower it.
package func classify(_ subject: RiskSubject) -> Risk {
    let readings = Readings(subject)
    let balance = Balance(readings)
    let declared = subject.annotations
    let isRaised = balance.reads && (declared.readOnly == false || declared.destructive == true)
    let changes = !balance.reads || isRaised
    let categories = Categories(readings, changes: changes)
    let isCritical = changes && (categories.critical != nil || declared.destructive == true)
    let level: Risk.Level = !changes ? .readOnly : isCritical ? .critical : .sideEffect

    var reasons = balance.reasons
    if isRaised {
        reasons.append(Risk.Reason(.level, "declared \(declared.readOnly == false ? "not read-only" : "destructive")"))
    }
    if isCritical { reasons.append(Risk.Reason(.level, "critical: \(categories.critical ?? "declared destructive")")) }
    reasons += categories.found.map { Risk.Reason(.category($0.category), $0.text) }

    let effect: Risk.Effect
    let irreversible = categories.irreversible ?? (declared.destructive == true ? "declared destructive" : nil)
    if !changes {
        effect = .none
        reasons.append(Risk.Reason(.effect, "it only reads"))
    } else if let irreversible {
        effect = .potentiallyIrreversible
        reasons.append(Risk.Reason(.effect, irreversible))
    } else {
        effect = .dataChange
        reasons.append(Risk.Reason(.effect, "nothing says that it cannot be taken back"))
    }

    let bucket: Bucket = categories.never != nil ? .never : changes ? .write : .read
    let contradictions = findContradictions(readings, balance, categories, changes: changes)
    let confidence = balance.confidence(contradicted: !contradictions.isEmpty)
    reasons.append(Risk.Reason(.bucket, categories.never ?? (changes ? "it changes something" : "it only reads")))
    reasons.append(Risk.Reason(.confidence, confidence.reason))
    return Risk(
        level: level, categories: Set(categories.found.map(\.category)), effect: effect, bucket: bucket,
        confidence: confidence.value, reasons: reasons, contradictions: contradictions)
}
