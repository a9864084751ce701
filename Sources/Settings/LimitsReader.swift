import Policy

/// Reads the `limits` section.
struct LimitsReader {
    let reader: Reader
    /// Reads which tools a limit is about, as rules do.
    let match: PolicyReader

    func rates() -> [Rate] {
        guard reader.object(keys: ["rates"]) != nil else { return [] }
        var rates: [Rate] = []
        for element in reader.child("rates")?.elements ?? [] {
            guard let rate = rate(element) else { continue }
            if rates.contains(where: { $0.id == rate.id }) {
                element.error("repeated-rate", "two rates have the id '\(rate.id)'", hint: "Give each rate its own id.")
            }
            rates.append(rate)
        }
        return rates
    }

    private func rate(_ reader: Reader) -> Rate? {
        guard reader.object(keys: ["id", "per", "calls", "every"] + PolicyReader.matchKeys) != nil,
            let id = reader.required("id")?.string(), let per = reader.required("per")?.word(Rate.Subject.self),
            let calls = reader.required("calls")?.int(in: 1...1_000_000),
            let seconds = reader.required("every")?.duration(in: 1...86_400)
        else { return nil }
        return Rate(id: id, per: per, calls: calls, seconds: seconds, tools: match.toolMatch(reader))
    }
}
