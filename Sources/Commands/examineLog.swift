import CTime
import Core
import Engine
import Evidence
import Foundation
import Glibc
import Logging
import Report
import Settings
import Store
import TransparencyLog

extension House {
    /// Above so many entries a look compares a sample of them, and 'sallyport audit verify' all.
    private static let mostVerified = 50_000
    private static let sampledSegments = 40

    /// Verifies the log, and looks who keeps checkpoints elsewhere and how long records are kept.
    func examineLog(_ configuration: Configuration, _ examination: inout Examination) async throws {
        await seal()
        try await verifyLog(&examination)
        try await examineCheckpoints(configuration, &examination)
        examineRetention(configuration, &examination)
    }

    private func verifyLog(_ examination: inout Examination) async throws {
        let key = noteKey.publicKey
        let size = try await log.state().size
        guard size > 0 else { return }
        var flaw: String?
        let what: String
        do {
            if size <= Self.mostVerified {
                var verifier = Verifier(keys: [key])
                for try await line in log.wholeEvidence(origin: key.name, key: key.text) { verifier.take(line) }
                let result = verifier.finish()
                flaw = result.first.map { "\($0.kind.rawValue) at entry \($0.position ?? 0)" }
                what = "\(result.entries) entries and \(result.checkpoints) checkpoints verify"
            } else {
                try await sealer.check(kept: try LogFiles.head(inForce.value.dataDirectory))
                flaw = try await log.firstFlaw(inSegments: Self.sampledSegments).map {
                    "entry \($0) is not as it was logged"
                }
                what = "the newest checkpoint and a sample of \(Self.sampledSegments * 256) of \(size) entries verify"
            }
        } catch let fault as JournalFault {
            flaw = fault.detail
            what = ""
        }
        if let flaw {
            examination.caps.insert(.auditBroken)
            logger.critical("the log does not verify", metadata: ["cause": "\(flaw)"])
        }
        examination.add(Observation(.verification, flaw == nil ? 1 : 0, .probe, flaw ?? what))
    }

    private func examineCheckpoints(_ configuration: Configuration, _ examination: inout Examination) async throws {
        let now = gate.now().seconds
        var kept: [String] = []
        let signed = try await log.newestCosignature()
        if signed > 0, now - signed < 86_400 {
            kept.append("a witness signed \(max(0, now - signed) / 60) minutes ago")
        }
        if let path = configuration.log.anchorFile,
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let changed = attributes[.modificationDate] as? Date, now - Int(changed.timeIntervalSince1970) < 86_400
        {
            kept.append("the anchor was written to within a day; whether somebody else keeps it nobody here can see")
        }
        guard signed > 0 || configuration.log.anchorFile != nil || !configuration.log.witnesses.isEmpty else { return }
        // An anchor on this machine is worth less than a witness elsewhere.
        let result = signed > 0 && now - signed < 86_400 ? 1 : kept.isEmpty ? 0 : 0.5
        examination.add(
            Observation(
                .checkpoint, result, .probe,
                kept.isEmpty ? "no checkpoint was kept elsewhere within a day" : kept.joined(separator: "; ")))
    }

    private func examineRetention(_ configuration: Configuration, _ examination: inout Examination) {
        let short = configuration.log.retention.seconds.filter { $0.value < 180 * 86_400 }.keys.map(\.rawValue).sorted()
        var time = timex()
        // TIME_ERROR: the kernel's clock is not synchronised (adjtimex(2)).
        let isTrue = unsafe adjtimex(&time) != 5
        let result = (short.isEmpty ? 0.5 : 0) + (isTrue ? 0.5 : 0)
        let keeping =
            short.isEmpty
            ? "every class is kept for six months or longer" : "kept shorter: \(short.joined(separator: ", "))"
        examination.add(
            Observation(
                .retention, result, .probe,
                keeping
                    + (isTrue ? "; the clock is synchronised" : "; the kernel says that the clock is not synchronised"))
        )
    }
}
