/// The rungs that need nothing but the head of a request.
enum HeadChecks {
    /// Keeps foreign pages from reaching the endpoint through a browser (2026-07-28, streamable-http, Security).
    static func origin(_ candidate: inout Candidate) -> Rung.Verdict {
        guard let allowed = candidate.ladder.origins else { return .pass }
        switch candidate.head.origin {
        case .absent: return .pass
        case .once(let origin) where allowed.contains(where: { $0.utf8.isSameASCII(as: origin.utf8) }): return .pass
        default: return .refuse(.originRefused, "this origin may not use the endpoint")
        }
    }

    /// Keeps names that an attacker rebinds to this address from reaching the endpoint.
    static func host(_ candidate: inout Candidate) -> Rung.Verdict {
        guard let allowed = candidate.ladder.hosts else { return .pass }
        if case .once(let host) = candidate.head.host {
            if allowed.contains(where: { $0.utf8.isSameASCII(as: host.utf8) }) { return .pass }
            let name = nameWithoutPort(host)
            if allowed.contains(where: { $0.utf8.isSameASCII(as: name) }) { return .pass }
        }
        return .refuse(.hostRefused, "this host name is not served here")
    }

    static func httpMethod(_ candidate: inout Candidate) -> Rung.Verdict {
        candidate.head.method.utf8.elementsEqual("POST".utf8)
            ? .pass : .refuse(.methodNotAllowed, "the endpoint takes POST only")
    }

    static func accept(_ candidate: inout Candidate) -> Rung.Verdict {
        let accepts = candidate.head.accepts
        return accepts.json || accepts.events
            ? .pass : .refuse(.notAcceptable, "answers are application/json or text/event-stream")
    }

    static func contentType(_ candidate: inout Candidate) -> Rung.Verdict {
        if case .once(let type) = candidate.head.contentType {
            if type == "application/json" { return .pass }
            let bare = type.utf8.prefix { $0 != 0x3B }.trimmingHeaderSpace
            if bare.isSameASCII(as: "application/json".utf8) { return .pass }
        }
        return .refuse(.unsupportedMediaType, "the body must be application/json")
    }

    static func contentEncoding(_ candidate: inout Candidate) -> Rung.Verdict {
        switch candidate.head.contentEncoding {
        case .absent: .pass
        case .once(let coding) where coding.utf8.isSameASCII(as: "identity".utf8): .pass
        default: .refuse(.unsupportedContentCoding, "the body must not be compressed")
        }
    }

    /// Framing is the transport's business; this rung only spares it from receiving what would be refused.
    static func contentLength(_ candidate: inout Candidate) -> Rung.Verdict {
        switch candidate.head.contentLength {
        case .absent: return .pass
        case .repeated: return .refuse(.invalidLength, "the length must be declared once")
        case .once(let text):
            guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return .refuse(.invalidLength, "the declared length is not a number")
            }
            guard let length = Int(text), length <= candidate.ladder.limits.maxBodyBytes else {
                return .refuse(.bodyTooLarge, "the body is too large")
            }
            return .pass
        }
    }

    /// The host without `:port`; the brackets of an IPv6 address stay.
    private static func nameWithoutPort(_ host: String) -> Substring.UTF8View {
        let bytes = Substring(host).utf8
        guard let colon = bytes.lastIndex(of: 0x3A),
            bytes[colon...].dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else {
            return bytes
        }
        return bytes[..<colon]
    }
}
