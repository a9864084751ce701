import Core
import Engine
import JSON
import Logging
import NIOSSL
import Notices
import Report
import ServiceLifecycle
import Settings
import Vault

/// Reads the sources anew and looks at the gateway on a schedule, and tells who wants to hear of what is new.
struct Watch: Service {
    let house: House
    let enforcement: Enforcement
    let logger: Logger

    /// Ends at once when the server does: a look that is under way goes on beside it, and is broken off between two of its
    /// parts when the house closes.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            house.background.add { await look() }
            while await pause() {
                house.background.add {
                    do {
                        try await enforcement.reread()
                    } catch {
                        logger.error("sources could not be read anew", metadata: ["cause": "\(error)"])
                    }
                    await look()
                }
            }
        }
    }

    /// One look, with what is new told.
    func look() async {
        do {
            _ = try await house.look()
            returnFreedMemory()
        } catch is CancellationError {
            // The server ends. The next start looks again.
        } catch {
            logger.error("the gateway could not be looked at", metadata: ["cause": "\(error)"])
        }
    }

    /// - Returns: false once the service is to end.
    private func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(house.inForce.value.rereadSeconds))
            return true
        } catch {
            return false
        }
    }
}

extension House {
    /// Tells who wants to hear of findings that are new and that somebody should deal with soon, or that tools changed.
    ///
    /// Returns at once: who looks does not wait for whoever is told.
    func tell(of new: [Finding], _ report: GatewayReport) {
        let told = new.filter { $0.severity >= .high || $0.kind.isChange }
        guard !told.isEmpty else { return }
        for finding in told.prefix(20) {
            logger.warning(
                "a finding is new", metadata: ["finding": "\(finding.id)", "severity": "\(finding.severity.rawValue)"])
        }
        let summary = "\(told.count) findings are new, the gravest \(told[0].severity.rawValue): \(told[0].kind.title)"
        let notice = Notice(
            "findings.found", at: report.moment, summary: summary,
            details: [
                "resource": .string(report.resource),
                "score": report.score.map { JSONValue($0.total) } ?? .null,
                "findings": .array(
                    told.prefix(100).map {
                        [
                            "id": .string($0.id), "severity": .string($0.severity.rawValue),
                            "title": .string($0.kind.title), "evidence": .string($0.evidence),
                        ]
                    }),
            ])
        _ = background.addNotice { [self] in
            do {
                try await send(notice)
            } catch {
                logger.error("a notice could not be sent", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Sends a notice to every configured address, three times at most, and writes down where it did not arrive.
    ///
    /// - Parameters:
    ///   - people: who gets it by mail beside those who get all of its topic.
    ///   - lines: what mail says beyond the sentence.
    func send(_ notice: Notice, to people: [MailAddress] = [], lines: [String] = []) async throws {
        let topic: WebhookSettings.Topic =
            notice.type.hasPrefix("approval.") ? .approvals : notice.type.hasPrefix("log.") ? .checkpoints : .findings
        let configuration = inForce.value
        // A checkpoint is public, and would be none if a part of it were replaced.
        let notice = topic == .checkpoints ? notice : notice.swept(with: vault.sweeper)
        let lines = lines.map { vault.sweeper.sweep($0) }
        let (first, second) = RandomWords().two()
        let id = CallID(at: notice.at, random: (first, UInt16(truncatingIfNeeded: second))).text
        for settings in configuration.webhooks where settings.topics.contains(topic) {
            // What stands behind the question mark may be a secret of the receiver's.
            let address = settings.url.split(separator: "?").first.map(String.init) ?? ""
            try await deliver(notice, "webhook", address) { await post(notice, id: id, to: settings) }
        }
        guard let mail = configuration.mail else { return }
        let all = configuration.mailed.filter { $0.topics.contains(topic) }.map(\.address)
        for address in Set(people + all).sorted(by: { $0.text < $1.text }) {
            let message = MailMessage(notice, lines: lines, from: mail.from, to: address, id: id)
            try await deliver(notice, "mail", address.text) { await post(message, by: mail) }
        }
    }

    private func deliver(
        _ notice: Notice, _ channel: String, _ address: String, _ attempt: () async -> String?
    ) async throws {
        var cause: String?
        for number in 0..<3 {
            if number > 0 { try await Task.sleep(for: .milliseconds(500 << number)) }
            cause = await attempt()
            if cause == nil { return }
        }
        pulse.noteFailedNotice()
        logger.error("a notice did not arrive", metadata: ["\(channel)": "\(address)", "cause": "\(cause ?? "")"])
        try await gate.journal.record(
            Act(
                "notice-failed", by: "system",
                details: [channel: .string(address), "type": .string(notice.type)], at: gate.now()),
            durability: .now)
    }

    /// - Returns: why the server did not take it; nil when it did.
    private func post(_ message: MailMessage, by settings: MailSettings) async -> String? {
        let roots = settings.trustRootFile.map { NIOSSLTrustRoots.file($0) } ?? .default
        let server = MailServer(
            host: settings.host, port: settings.port, security: settings.security, trustRoots: roots)
        do {
            guard let secret = settings.secret else {
                try await server.send(message, user: nil, password: [])
                return nil
            }
            let sent: Void? = try await vault.withSecret(secret, for: .source) { password in
                try await server.send(message, user: settings.user, password: password.bytes)
            }
            return sent == nil ? "the vault has no secret '\(secret)'" : nil
        } catch let fault as MailServer.Fault {
            return fault.detail
        } catch {
            return "\(error)"
        }
    }

    /// - Returns: why it did not arrive; nil when it did.
    private func post(_ notice: Notice, id: String, to settings: WebhookSettings) async -> String? {
        guard
            let webhook = Webhook(
                settings.url, allowsLoopbackHTTP: settings.allowsLoopback,
                judge: judgeAddress(allowsLoopback: settings.allowsLoopback))
        else { return "the address cannot be used" }
        let now = gate.now()
        do {
            let sent: Void? = try await vault.withSecret(settings.secret, for: .source) { secret in
                try await webhook.send(
                    notice, id: id, key: secret.bytes, now: now, isChat: settings.form == .chat)
            }
            return sent == nil ? "the vault has no secret '\(settings.secret)'" : nil
        } catch let fault as Webhook.Fault {
            return fault.detail
        } catch {
            return "\(error)"
        }
    }
}

extension FindingKind {
    /// Whether it tells that something became another one.
    fileprivate var isChange: Bool {
        switch self {
        case .changedDefinition, .changedRisk, .changedOwner, .newOperation, .unreadableSource: true
        default: false
        }
    }
}
