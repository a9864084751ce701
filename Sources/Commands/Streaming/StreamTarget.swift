import Backends
import Core
import Engine
import Evidence
import Glibc
import JSON
import NIOSSL
import Notices
import Settings
import Vault

/// Where a stream goes: sends a batch once.
struct StreamTarget {
    let stream: StreamSettings
    /// The log's.
    let origin: String
    let vault: SealedVault

    /// Why a batch was not taken.
    enum Fault: Error {
        /// Less at once, or less of one event, may be taken.
        case refused(String)
        /// Perhaps later.
        case failed(String)

        var detail: String {
            switch self {
            case .refused(let detail), .failed(let detail): detail
            }
        }
    }

    /// - Returns: how many records the receiver will never take, and why it says so.
    func send(_ events: [ExportedEvent]) async throws(Fault) -> (count: Int, cause: String)? {
        let version = productVersion
        var lines: [UInt8] {
            events.flatMap { stream.form.bytes(of: $0, origin: origin, version: version) + [0x0A] }
        }
        switch stream.target {
        case .file(let path):
            do throws(CommandError) {
                try EventFile(path: path).append(lines)
            } catch {
                throw .failed(error.message)
            }
        case .syslog(let host, let port, let rootFile):
            let name = hostName()
            let frames = events.flatMap { $0.syslogFrame(stream.form, host: name, origin: origin, version: version) }
            try await send(frames, host, port, rootFile)
        case .http(let url, let allowsLoopback):
            _ = try await post(lines, "application/x-ndjson", to: url, allowsLoopback, events)
        case .otlp(let url, let allowsLoopback):
            let request = ExportedEvent.otlpRequest(events, origin: origin, version: version)
            return Self.refusals(try await post(request.bytes, "application/json", to: url, allowsLoopback, events))
        }
        return nil
    }

    /// What an OTLP collector says it will not take, which is not sent again (OTLP 1.x, partial success).
    private static func refusals(_ answer: [UInt8]) -> (count: Int, cause: String)? {
        guard let partial = (try? JSONParser.parse(answer))?["partialSuccess"],
            let rejected = partial["rejectedLogRecords"]?.int
                ?? partial["rejectedLogRecords"]?.string.flatMap({ Int($0) }),
            rejected > 0
        else { return nil }
        return (rejected, (partial["errorMessage"]?.string ?? "").boundedText)
    }

    private func send(_ frames: [UInt8], _ host: String, _ port: Int, _ rootFile: String?) async throws(Fault) {
        do {
            let judge = judgeAddress(allowsLoopback: true, and: stream.allowAddresses)
            guard let address = try await judge(host, port) else {
                throw Fault.failed("the address is not allowed")
            }
            let roots = rootFile.map { NIOSSLTrustRoots.file($0) } ?? .default
            try await SyslogServer(host: host, address: address, port: port, trustRoots: roots).send(frames)
        } catch let fault as SyslogServer.Fault {
            throw .failed(fault.detail)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .failed("\(error)")
        }
    }

    private func post(
        _ body: [UInt8], _ type: String, to url: String, _ allowsLoopback: Bool, _ events: [ExportedEvent]
    ) async throws(Fault) -> [UInt8] {
        let judge = judgeAddress(allowsLoopback: allowsLoopback, and: stream.allowAddresses)
        guard let collector = Collector(url, allowsLoopbackHTTP: allowsLoopback, judge: judge) else {
            throw .failed("the address cannot be used")
        }
        // Who gets a batch twice can tell.
        let headers = [("sallyport-positions", "\(events.first?.position ?? 0)-\(events.last?.position ?? 0)")]
        do {
            guard let secret = stream.secret else {
                return try await collector.send(body, type: type, secret: nil, headers: headers)
            }
            let answer = try await vault.withSecret(secret, for: .source) { secret in
                try await collector.send(body, type: type, secret: secret.bytes, headers: headers)
            }
            guard let answer else { throw Fault.failed("the vault has no secret '\(secret)'") }
            return answer
        } catch let fault as Collector.Fault {
            throw fault.isRefusal ? .refused(fault.detail) : .failed(fault.detail)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .failed("\(error)")
        }
    }
}

/// The machine's name.
private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, 255) == 0 else { return "-" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
