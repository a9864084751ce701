import Core
import Engine
import Logging
import Notices
import ServiceLifecycle
import Settings
import Telemetry
import TransparencyLog
import Vault

/// Sends spans to the collector now and then. Calls do not wait for it.
struct Tracing: Service {
    let house: House
    let settings: TraceSettings
    let logger: Logger
    private let collector: SpanCollector
    private let complaint = Current("")

    private static let batch = 512
    /// How long the end waits for the last spans.
    private static let lastSeconds = 2

    init(house: House, settings: TraceSettings, logger: Logger) throws {
        guard
            let collector = SpanCollector(
                settings.url, allowsLoopbackHTTP: settings.allowsLoopback, version: productVersion,
                instance: house.noteKey.publicKey.name,
                judge: judgeAddress(allowsLoopback: settings.allowsLoopback))
        else { throw CommandError("the collector's address cannot be used") }
        self.house = house
        self.settings = settings
        self.logger = logger
        self.collector = collector
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while await pause(settings.seconds) { await send() }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await send() }
            group.addTask { _ = await pause(Self.lastSeconds) }
            await group.next()
            group.cancelAll()
        }
    }

    /// - Returns: false once the service is to end.
    private func pause(_ seconds: Int) async -> Bool {
        do {
            try await Task.sleep(for: .seconds(seconds))
            return true
        } catch {
            return false
        }
    }

    /// Sends all that waits, until the collector does not take it.
    private func send() async {
        let queue = house.meter.spans
        while true {
            let spans = queue.take(Self.batch)
            if spans.isEmpty { return }
            switch await answer(spans) {
            case .taken(let rejected):
                queue.note(exported: spans.count - rejected, dropped: rejected)
                complain(rejected > 0 ? "the collector did not take all spans" : "")
            case .refused(let cause):
                queue.note(exported: 0, dropped: spans.count)
                complain("the collector did not take spans: \(cause.boundedText)")
            case .unreachable(let cause):
                queue.putBack(spans)
                return complain("the collector cannot be reached: \(cause.boundedText)")
            }
        }
    }

    private func answer(_ spans: [Span]) async -> SpanCollector.Answer {
        guard let name = settings.secret else { return await collector.send(spans, token: nil) }
        do {
            let answer = try await house.vault.withSecret(name, for: .source) { secret in
                await collector.send(spans, token: String(decoding: secret.bytes, as: UTF8.self))
            }
            return answer ?? .unreachable("the vault has no secret '\(name)'")
        } catch {
            return .unreachable("\(error)")
        }
    }

    /// Logs what is wrong once, until it is right again.
    private func complain(_ message: String) {
        guard complaint.value != message else { return }
        complaint.replace(with: message)
        if !message.isEmpty { logger.error("\(message)", metadata: ["part": "traces"]) }
    }
}
