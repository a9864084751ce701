import Core
import Engine
import JSON
import Logging
import Notices
import ServiceLifecycle
import Settings
import Store
import Synchronization
import TransparencyLog

/// Seals what is new in the journal, and tells of it those who keep checkpoints elsewhere.
struct Sealing: Service {
    let house: House
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                await house.seal { try? await Task.sleep(for: .milliseconds(2)) }
            } while await pause()
        }
        // What the last calls left is sealed as well.
        await house.seal()
    }

    /// - Returns: false once the service is to end.
    private func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(house.inForce.value.log.seconds))
            return true
        } catch {
            return false
        }
    }
}

/// What is known of who hears of checkpoints.
final class LogState: Sendable {
    struct Value: Sendable {
        var lastAnchor: Timestamp?
        /// When all that there was had been sealed last.
        var lastSeal: Timestamp?
        /// Witnesses that are being asked.
        var asked: Set<String> = []
        /// The last complaint of each part, so that each is logged once.
        var complaints: [String: String] = [:]
    }

    let value = Mutex(Value())
}

extension House {
    /// Seals what is new; what goes wrong is logged and tried again the next time. Calls do not wait for it.
    ///
    /// - Parameter pause: waits between two steps; nil where somebody waits for the log.
    func seal(pause: (@Sendable () async -> Void)? = nil) async {
        do {
            let note = try await sealer.seal(pause: pause)
            if let note { try LogFiles.write(head: note, inForce.value.dataDirectory) }
            // Only now: a file that falls behind is noticed at the next start, and then nothing is served.
            complain("log", nil)
            let now = gate.now()
            logState.value.withLock { $0.lastSeal = now }
            guard let note else { return }
            for witness in inForce.value.log.witnesses { ask(witness, for: note) }
            anchor(note)
        } catch {
            complain("log", "the log could not be sealed: \((error as? JournalFault)?.detail ?? "\(error)")")
        }
    }

    /// Logs what is wrong with a part once, until it is right again.
    func complain(_ part: String, _ message: String?) {
        let isNew = logState.value.withLock { $0.complaints.updateValue(message ?? "", forKey: part) != message ?? "" }
        if isNew, let message { logger.error("\(message)", metadata: ["part": "\(part)"]) }
    }

    private func ask(_ settings: WitnessSettings, for note: SignedNote) {
        let name = settings.key.name
        guard logState.value.withLock({ $0.asked.insert(name).inserted }) else { return }
        let isAdded = background.addNotice { [self] in
            defer { _ = logState.value.withLock { $0.asked.remove(name) } }
            do {
                guard
                    let witness = WitnessClient(
                        settings.url, key: settings.key, allowsLoopbackHTTP: settings.allowsLoopback,
                        judge: judgeAddress(allowsLoopback: settings.allowsLoopback)),
                    let checkpoint = Checkpoint(text: note.text)
                else { return }
                let known = try await log.size(cosignedBy: name)
                let cosignatures = try await witness.cosign(note, size: checkpoint.size, knownSize: known) {
                    try await log.consistencyProof(from: $0, to: checkpoint.size)
                }
                try await sealer.add(cosignatures, to: checkpoint.size)
                complain(name, nil)
            } catch let fault as WitnessClient.Fault {
                if let size = fault.isBehind {
                    logger.critical(
                        "a witness has seen more of the log than is here: it was rolled back",
                        metadata: ["witness": "\(name)", "entries": "\(size)"])
                }
                complain(name, "a witness did not sign: \(fault.detail.boundedText)")
            } catch {
                complain(name, "a witness could not be asked: \(error)")
            }
        }
        if !isAdded { _ = logState.value.withLock { $0.asked.remove(name) } }
    }

    /// Keeps a checkpoint outside now and then.
    private func anchor(_ note: SignedNote) {
        let now = gate.now()
        let settings = inForce.value.log
        let isDue = logState.value.withLock { state in
            if let last = state.lastAnchor, now < last.advanced(bySeconds: settings.anchorSeconds), last <= now {
                return false
            }
            state.lastAnchor = now
            return true
        }
        guard isDue else { return }
        if let path = settings.anchorFile {
            do {
                try LogFiles.anchor(note, in: path)
                complain("anchor", nil)
            } catch {
                complain("anchor", "a checkpoint could not be anchored: \(error)")
            }
        }
        tell(ofCheckpoint: note, at: now)
    }

    /// Tells those who keep checkpoints, by webhook or mail.
    private func tell(ofCheckpoint note: SignedNote, at now: Timestamp) {
        let configuration = inForce.value
        guard
            configuration.webhooks.contains(where: { $0.topics.contains(.checkpoints) })
                || configuration.mailed.contains(where: { $0.topics.contains(.checkpoints) })
        else { return }
        let size = Checkpoint(text: note.text)?.size ?? 0
        let notice = Notice(
            "log.checkpoint", at: now,
            summary: "The log has \(size) entries. Keep this checkpoint to be able to show it.",
            details: ["checkpoint": .string(note.description), "size": JSONValue(size)])
        _ = background.addNotice { [self] in
            do {
                try await send(notice, lines: note.description.split(separator: "\n").map(String.init))
            } catch {
                complain("notice", "a checkpoint could not be told: \(error)")
            }
        }
    }
}
