import Core
import Engine
import Evidence
import Glibc
import JSON
import Logging
import NIOSSL
import Notices
import ServiceLifecycle
import Settings
import Store
import Synchronization
import TransparencyLog

/// Delivers what is recorded to whom the configuration names, at least once and in its order. Who takes nothing is asked again
/// and again, and gets all of it when they do: calls wait for none of this.
final class Streaming: Service {
    let house: House
    let logger: Logger
    private let deliveries: Deliveries
    private let states = Mutex<[String: State]>([:])

    /// What is known of a stream between two rounds.
    private struct State {
        var isBusy = false
        var follower: EventFollower?
        var failures = 0
        var nextAttempt = Timestamp(seconds: 0)
    }

    private static let mostEntries = 256
    private static let mostBytes = 1 << 20
    private static let longestPause = 60

    init(house: House, logger: Logger) {
        self.house = house
        self.logger = logger
        deliveries = house.deliveries
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                repeat {
                    let now = house.gate.now()
                    for stream in house.inForce.value.log.streams where begin(stream.name, now) {
                        group.addTask { [self] in await deliver(stream) }
                    }
                } while await Self.pause()
                group.cancelAll()
            }
        }
        // Another process goes on at once.
        for stream in house.inForce.value.log.streams { try? await deliveries.release(stream.name) }
    }

    /// - Returns: false once the service is to end.
    private static func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(1))
            return true
        } catch {
            return false
        }
    }

    /// Whether a stream is to be delivered now, and nobody does.
    private func begin(_ name: String, _ now: Timestamp) -> Bool {
        states.withLock { states in
            var state = states[name] ?? State()
            guard !state.isBusy, state.nextAttempt <= now else { return false }
            state.isBusy = true
            states[name] = state
            return true
        }
    }

    private func deliver(_ stream: StreamSettings) async {
        let follower = states.withLock { $0[stream.name]?.follower }
        do {
            let reached = try await deliverAll(stream, follower)
            house.complain("stream \(stream.name)", nil)
            states.withLock { $0[stream.name] = State(follower: reached) }
        } catch is CancellationError {
            states.withLock { $0[stream.name]?.isBusy = false }
        } catch {
            let detail = (error as? CommandError)?.message ?? (error as? JournalFault)?.detail ?? "\(error)"
            house.complain("stream \(stream.name)", "a stream is not taken, and waits: \(detail.boundedText)")
            let now = house.gate.now()
            states.withLock { states in
                let failures = min((states[stream.name]?.failures ?? 0) + 1, 16)
                let pause = min(1 << (failures - 1), Self.longestPause)
                states[stream.name] = State(failures: failures, nextAttempt: now.advanced(bySeconds: pause))
            }
        }
    }

    /// Delivers until nothing is left.
    ///
    /// - Returns: where to go on; nil where another process holds the stream.
    private func deliverAll(_ stream: StreamSettings, _ known: EventFollower?) async throws -> EventFollower? {
        let start = stream.startsNow ? nil : 0
        guard let position = try await deliveries.claim(stream.name, from: start, at: house.gate.now()) else {
            return nil
        }
        var follower = known.flatMap { $0.position == position ? $0 : nil } ?? EventFollower(house.log, after: position)
        var most = Self.mostEntries
        while true {
            try Task.checkCancellation()
            var next = follower
            guard let batch = try await next.next(entries: most, bytes: Self.mostBytes) else { return follower }
            do {
                if !batch.events.isEmpty { try await send(batch.events, to: stream) }
            } catch let fault as Collector.Fault where fault.isTooLarge && most > 1 {
                most /= 2
                continue
            }
            guard try await deliveries.remember(stream.name, batch.last, at: house.gate.now()) else { return nil }
            follower = next
        }
    }

    // MARK: Targets

    private func send(_ events: [ExportedEvent], to stream: StreamSettings) async throws {
        let origin = house.noteKey.publicKey.name
        var lines: [UInt8] {
            events.flatMap { stream.form.bytes(of: $0, origin: origin, version: productVersion) + [0x0A] }
        }
        switch stream.target {
        case .file(let path): try EventFile(path: path).append(lines)
        case .syslog(let host, let port, let rootFile):
            let frames = events.flatMap {
                $0.syslogFrame(stream.form, host: hostName(), origin: origin, version: productVersion)
            }
            let roots = rootFile.map { NIOSSLTrustRoots.file($0) } ?? .default
            do {
                try await SyslogServer(host: host, port: port, trustRoots: roots).send(frames)
            } catch {
                throw CommandError(error.detail)
            }
        case .http(let url, let allowsLoopback):
            _ = try await post(
                lines, "application/x-ndjson", to: url, allowsLoopback, secret: stream.secret, events, origin)
        case .otlp(let url, let allowsLoopback):
            let request = ExportedEvent.otlpRequest(events, origin: origin, version: productVersion)
            let answer = try await post(
                request.bytes, "application/json", to: url, allowsLoopback, secret: stream.secret, events, origin)
            try await note(answer, events, of: stream.name)
        }
    }

    /// What an OTLP collector will not take is not sent again (OTLP 1.x, partial success), so it is written down.
    private func note(_ answer: [UInt8], _ events: [ExportedEvent], of stream: String) async throws {
        guard let partial = (try? JSONParser.parse(answer))?["partialSuccess"],
            let rejected = partial["rejectedLogRecords"]?.int
                ?? partial["rejectedLogRecords"]?.string.flatMap({ Int($0) }),
            rejected > 0
        else { return }
        try await house.gate.journal.record(
            Act(
                "stream-refused", by: "system",
                details: [
                    "stream": .string(stream), "first": JSONValue(events.first?.position ?? 0),
                    "last": JSONValue(events.last?.position ?? 0), "records": JSONValue(rejected),
                    "cause": .string((partial["errorMessage"]?.string ?? "").boundedText),
                ], at: house.gate.now()), durability: .now)
    }

    private func post(
        _ body: [UInt8], _ type: String, to url: String, _ allowsLoopback: Bool, secret: String?,
        _ events: [ExportedEvent], _ origin: String
    ) async throws -> [UInt8] {
        guard
            let collector = Collector(
                url, allowsLoopbackHTTP: allowsLoopback, judge: judgeAddress(allowsLoopback: allowsLoopback))
        else { throw CommandError("the address cannot be used") }
        // Who gets a batch twice can tell.
        let headers = [("sallyport-positions", "\(events.first?.position ?? 0)-\(events.last?.position ?? 0)")]
        do {
            guard let secret else {
                return try await collector.send(body, type: type, secret: nil, headers: headers)
            }
            let answer = try await house.vault.withSecret(secret, for: .source) { secret in
                try await collector.send(body, type: type, secret: secret.bytes, headers: headers)
            }
            guard let answer else { throw CommandError("the vault has no secret '\(secret)'") }
            return answer
        } catch let fault as Collector.Fault where !fault.isTooLarge || events.count == 1 {
            throw CommandError(fault.detail)
        }
    }
}

/// The machine's name.
private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, 255) == 0 else { return "-" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
