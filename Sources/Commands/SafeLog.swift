import Core
import Logging
import Synchronization

/// Lines of the log: one for each event, with fields of a list, and without secrets.
///
/// A field that is not on the list is named and not shown, so that nothing gets into the log by chance.
struct SafeLog: LogHandler {
    /// What fields may stand in the log.
    static let fields: Set<String> = [
        "agent", "cause", "call", "code", "command", "count", "entries", "error", "finding", "id", "mail", "message",
        "never", "part", "person", "port", "severity", "snapshot", "source", "tools", "type", "url", "user", "webhook",
        "witness", "last", "flaws", "key", "name", "path", "status", "issuer", "host", "slot", "process",
    ]

    /// What takes secrets out, once there is a vault.
    static let sweeper = Current<Sweeper?>(nil)

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void = { note($0) }) {
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let sweeper = Self.sweeper.value
        // Before anything is escaped or cut off: what is left of a secret would not be known as one.
        let message = sweeper?.sweep("\(event.message)") ?? "\(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let pairs = all.sorted { $0.key < $1.key }.map { key, value in
            " \(key)=" + (Self.fields.contains(key) ? quoted("\(value)", sweeper) : "(not shown)")
        }
        let line = "\(systemTime()) \(event.level.rawValue) \(clean(message, limit: 2000))\(pairs.joined())"
        write(sweeper?.sweep(line) ?? line)
    }

    private func quoted(_ text: String, _ sweeper: Sweeper?) -> String {
        let text = clean(sweeper?.sweep(text) ?? text, limit: 4000)
        guard text.isEmpty || text.contains(where: { " \"=".contains($0) }) else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
