/// A header field as it came.
public struct HeaderField: Sendable, Hashable {
    /// In whatever case.
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What an HTTP request says before its body.
///
/// Fields are kept in order and with their duplicates, because a request that two readers could understand in two
/// ways has to be refused. The few that the ladder looks at are found once, when the head is made.
public final class RequestHead: Sendable {
    /// The method, case-sensitive (RFC 9110 §9.1).
    public let method: String
    /// The request target as it was sent.
    public let target: String
    public let headers: [HeaderField]

    let origin: Occurrence
    let host: Occurrence
    let contentType: Occurrence
    let contentEncoding: Occurrence
    let contentLength: Occurrence
    let protocolVersion: Occurrence
    let mcpMethod: Occurrence
    let mcpName: Occurrence
    let mcpSession: Occurrence
    let accepts: Acceptance

    public init(method: String, target: String, headers: [HeaderField]) {
        self.method = method
        self.target = target
        self.headers = headers
        var origin = Occurrence.absent, host = Occurrence.absent
        var contentType = Occurrence.absent, contentEncoding = Occurrence.absent, contentLength = Occurrence.absent
        var protocolVersion = Occurrence.absent, mcpMethod = Occurrence.absent, mcpName = Occurrence.absent
        var mcpSession = Occurrence.absent
        var accepts: Acceptance?
        for field in headers {
            // Few of these names have the same length.
            switch field.name.utf8.count {
            case 4: host.add(field, as: "host")
            case 6:
                origin.add(field, as: "origin")
                if field.name.isSameHeaderName(as: "accept") { accepts = Acceptance(field.value, and: accepts) }
            case 8: mcpName.add(field, as: "mcp-name")
            case 10: mcpMethod.add(field, as: "mcp-method")
            case 12: contentType.add(field, as: "content-type")
            case 14:
                contentLength.add(field, as: "content-length")
                mcpSession.add(field, as: "mcp-session-id")
            case 16: contentEncoding.add(field, as: "content-encoding")
            case 20: protocolVersion.add(field, as: "mcp-protocol-version")
            default: continue
            }
        }
        self.origin = origin
        self.host = host
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.contentLength = contentLength
        self.protocolVersion = protocolVersion
        self.mcpMethod = mcpMethod
        self.mcpName = mcpName
        self.mcpSession = mcpSession
        self.accepts = accepts ?? .everything
    }

    /// How often a header occurs.
    public enum Occurrence: Sendable, Hashable {
        case absent
        /// The value without white space around it.
        case once(String)
        case repeated

        fileprivate mutating func add(_ field: HeaderField, as name: String) {
            guard field.name == name || field.name.isSameHeaderName(as: name) else { return }
            self = self == .absent ? .once(field.value.trimmingHeaderSpace) : .repeated
        }
    }

    /// Looks a header up by its name in any case.
    public func occurrence(of name: String) -> Occurrence {
        var occurrence = Occurrence.absent
        for field in headers { occurrence.add(field, as: name) }
        return occurrence
    }

    /// Whether any copy of `MCP-Protocol-Version` names something else than a known legacy revision.
    var namesModernVersion: Bool {
        switch protocolVersion {
        case .absent: false
        case .once(let version): ProtocolVersion(named: version)?.era != .legacy
        case .repeated:
            headers.contains {
                $0.name.isSameHeaderName(as: "mcp-protocol-version")
                    && ProtocolVersion(named: $0.value.trimmingHeaderSpace)?.era != .legacy
            }
        }
    }
}

extension String {
    /// Whether both are the same ASCII text but for case, which is how field names compare (RFC 9110 §5.1).
    func isSameHeaderName(as other: String) -> Bool {
        utf8.isSameASCII(as: other.utf8)
    }

    /// The text without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
    var trimmingHeaderSpace: String {
        let bytes = utf8
        guard let first = bytes.first, let last = bytes.last, first.isHeaderSpace || last.isHeaderSpace else {
            return self
        }
        return String(Substring(Substring(self).utf8.trimmingHeaderSpace))
    }
}

extension Substring.UTF8View {
    var trimmingHeaderSpace: Substring.UTF8View {
        var rest = self
        while let byte = rest.first, byte.isHeaderSpace { rest.removeFirst() }
        while let byte = rest.last, byte.isHeaderSpace { rest.removeLast() }
        return rest
    }
}

extension Collection<UInt8> {
    /// Whether both are the same bytes but for the case of ASCII letters.
    func isSameASCII(as other: some Collection<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var theirs = other.makeIterator()
        for mine in self {
            guard let their = theirs.next(), mine == their || mine.lowercasedASCII == their.lowercasedASCII else {
                return false
            }
        }
        return true
    }
}

extension UInt8 {
    var isHeaderSpace: Bool { self == 0x20 || self == 0x09 }

    var lowercasedASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
