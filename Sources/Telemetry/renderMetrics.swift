/// Families as text (Prometheus exposition format, version 0.0.4).
package func renderMetrics(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families {
        text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            switch sample.value {
            case .count(let count): text += line(family.name, sample.labels, "\(count)")
            case .number(let number): text += line(family.name, sample.labels, rendered(number))
            case .histogram(let histogram): text += lines(family.name, sample.labels, histogram)
            }
        }
    }
    return text
}

private func lines(_ name: String, _ labels: [MetricFamily.Label], _ histogram: Histogram) -> String {
    var text = ""
    var total = 0
    for (index, count) in histogram.counts.enumerated() {
        total &+= count
        let bound =
            index < Histogram.bounds.count ? rendered(Double(Histogram.bounds[index]) / 1_000_000) : "+Inf"
        text += line(name + "_bucket", labels + [MetricFamily.Label(name: "le", value: bound)], "\(total)")
    }
    text += line(name + "_sum", labels, rendered(Double(histogram.sum) / 1_000_000))
    return text + line(name + "_count", labels, "\(total)")
}

private func line(_ name: String, _ labels: [MetricFamily.Label], _ value: String) -> String {
    guard !labels.isEmpty else { return "\(name) \(value)\n" }
    let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return "\(name){\(pairs.joined(separator: ","))} \(value)\n"
}

private func rendered(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    return "\(number)"
}

private func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": escaped += "\\\\"
        case "\n": escaped += "\\n"
        case "\"" where quotes: escaped += "\\\""
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}
