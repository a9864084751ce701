import JSON

/// The released revisions of the Model Context Protocol.
///
/// A revision is a name in this list and nothing else: names are never compared by order, and a name outside the
/// list means only "unknown".
public enum ProtocolVersion: String, Sendable, Hashable, CaseIterable {
    case v2024_11_05 = "2024-11-05"
    case v2025_03_26 = "2025-03-26"
    case v2025_06_18 = "2025-06-18"
    case v2025_11_25 = "2025-11-25"
    case v2026_07_28 = "2026-07-28"

    /// The revision with exactly this name, byte for byte.
    public init?(named name: String) {
        guard let version = Self.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) }) else { return nil }
        self = version
    }

    /// The revisions that are served, in the order in which they are advertised.
    ///
    /// Modern first; the legacy ones are named as well, because clients of both eras pick from this list after a
    /// refusal (2026-07-28, basic/versioning).
    public static let supported = allCases.reversed().filter(\.isSupported)

    /// The answer to an `initialize` that asks for a revision which is not served over the handshake.
    public static let latestHandshake = ProtocolVersion.v2025_11_25

    /// What a legacy request without `MCP-Protocol-Version` speaks.
    ///
    /// The specification would assume 2025-03-26, which is not served. Clients that leave the header out are served
    /// by the oldest revision that is; its messages are the same as far as tools go.
    public static let assumedWithoutHeader = ProtocolVersion.v2025_06_18

    public var isSupported: Bool {
        switch self {
        case .v2024_11_05, .v2025_03_26: false
        case .v2025_06_18, .v2025_11_25, .v2026_07_28: true
        }
    }

    public var era: Era {
        switch self {
        case .v2024_11_05, .v2025_03_26, .v2025_06_18, .v2025_11_25: .legacy
        case .v2026_07_28: .modern
        }
    }

    /// What results look like in this revision.
    var resultRules: ResultRules {
        switch era {
        case .legacy:
            ResultRules(
                hasResultType: false, hasTimeToLive: false, namesServer: false, structuredContentIsObject: true)
        case .modern:
            ResultRules(
                hasResultType: true, hasTimeToLive: true, namesServer: true, structuredContentIsObject: false)
        }
    }
}

/// How a revision opens a conversation: with an `initialize` handshake, or with an envelope in every request.
public enum Era: Sendable, Hashable, CaseIterable {
    /// 2025-11-25 and earlier.
    case legacy
    /// 2026-07-28 and later.
    case modern
}

/// The differences between revisions that concern whoever writes a result.
struct ResultRules {
    /// `resultType` is required on every result.
    let hasResultType: Bool
    /// `ttlMs` is required on lists and on `server/discover`.
    let hasTimeToLive: Bool
    /// `_meta` names the server.
    let namesServer: Bool
    /// `structuredContent` must be an object, where later revisions take any value.
    let structuredContentIsObject: Bool
}
