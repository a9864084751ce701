import Core
import Engine
import Settings
import Store
import Telemetry

extension House {
    /// All figures, as Prometheus takes them. What cannot be read now is not told.
    func families() async -> [MetricFamily] {
        var figures = Figures()
        figures.version = productVersion
        figures.isReady = await health().isReady
        figures.waiting = try? await journal.countWaiting()
        if let log = try? await log.state() {
            figures.entries = log.entries
            figures.sealedEntries = log.size
            if log.size > 0 { figures.checkpointAge = max(0, gate.now().seconds - log.at / 1_000_000) }
        }
        figures.commits = commitFigures
        let resting = gate.breakers.resting
        figures.breakers = inForce.value.sources.map { ($0.name, resting.contains($0.name)) }
        figures.noticesFailed = pulse.noticesFailed
        figures.spans = meter.spans.figures
        figures.process = readProcess()
        return meter.tally.families + figures.families
    }
}
