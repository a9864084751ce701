import JSON

/// How events are written for other systems that take one line each.
package enum StreamForm: String, Sendable, Hashable, CaseIterable {
    case jsonl, ocsf, cef

    /// One event without the end of the line. There is none inside.
    package func bytes(of event: ExportedEvent, origin: String, version: String) -> [UInt8] {
        switch self {
        case .jsonl: event.json.bytes
        case .ocsf: event.ocsf(origin: origin, version: version).bytes
        case .cef: Array(event.cef(version: version).utf8)
        }
    }
}
