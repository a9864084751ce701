import JSON

/// The rungs that need the body of a request.
enum MessageChecks {
    static func bodySize(_ candidate: inout Candidate) -> Rung.Verdict {
        if case .failure(let error) = candidate.document, case .tooLarge = error.reason {
            return .refuse(.bodyTooLarge, "the body is too large")
        }
        return .pass
    }

    static func syntax(_ candidate: inout Candidate) -> Rung.Verdict {
        guard case .failure(let error) = candidate.document else { return .pass }
        return switch error.reason {
        case .duplicateKey: .refuse(.parseError, "an object names the same member twice")
        case .tooDeep: .refuse(.parseError, "the body is nested too deeply")
        case .tooManyValues: .refuse(.parseError, "the body holds too many values")
        // These are JSON by its grammar; a sender that is told otherwise looks in the wrong place.
        case .nullCharacter: .refuse(.parseError, "a string holds U+0000, which is not taken")
        case .loneSurrogate: .refuse(.parseError, "a string holds half of a surrogate pair")
        default: .refuse(.parseError, "the body is not JSON")
        }
    }

    /// Batches existed in 2025-03-26 only, which is not served.
    static func singleMessage(_ candidate: inout Candidate) -> Rung.Verdict {
        guard case .success(.object(let message)) = candidate.document else {
            return .refuse(.invalidRequest, "the body must be one JSON-RPC message")
        }
        candidate.message = message
        return .pass
    }

    static func envelope(_ candidate: inout Candidate) -> Rung.Verdict {
        do throws(Message.Malformed) {
            switch try Message(candidate.message) {
            case .request(let id, let method, let params):
                candidate.id = id
                candidate.methodName = method
                candidate.known = MethodName(named: method)
                candidate.settle(params: params)
            case .notification(let method, let params):
                candidate.methodName = method
                candidate.settle(params: params)
            case .response:
                candidate.settle(params: JSONObject())
            }
            return .pass
        } catch {
            return .refuse(.invalidRequest, error.message)
        }
    }

    /// Modern clients are never sent requests, so they have nothing to answer.
    static func response(_ candidate: inout Candidate) -> Rung.Verdict {
        guard !candidate.message.contains("method") else { return .pass }
        if candidate.era == .modern { return .refuse(.invalidRequest, "clients do not send responses") }
        guard let asked = candidate.message["id"].flatMap(RequestID.init) else { return .accepted }
        return .answered(asked, candidate.message["result"]?.object)
    }

    /// Accepts notifications; requests that dropped their id in order not to be answered or recorded are refused.
    ///
    /// A modern client cancels by closing its stream. Honouring `notifications/cancelled` from it would let one
    /// caller end another's work by guessing an id.
    static func notification(_ candidate: inout Candidate) -> Rung.Verdict {
        guard candidate.id == nil else { return .pass }
        guard candidate.methodName.utf8.starts(with: "notifications/".utf8) else {
            return .refuse(.invalidRequest, "a request needs an \"id\"")
        }
        if case .once(let named) = candidate.head.protocolVersion,
            ProtocolVersion(named: named)?.isSupported != true
        {
            return unsupported(named)
        }
        if candidate.era == .legacy, candidate.methodName.hasSameBytes(as: "notifications/cancelled"),
            let id = candidate.params["requestId"].flatMap(RequestID.init)
        {
            return .cancelled(id)
        }
        return .accepted
    }

    /// Refuses what a reader of first copies and a reader of last copies would understand differently.
    static func duplicateHeader(_ candidate: inout Candidate) -> Rung.Verdict {
        let head = candidate.head
        let isRepeated = head.protocolVersion == .repeated || head.mcpMethod == .repeated || head.mcpName == .repeated
        return isRepeated ? .refuse(.headerMismatch, "a routing header appears more than once") : .pass
    }

    /// `initialize` belongs to the legacy era; a client that sends it must not be told to go on as a modern one.
    static func handshake(_ candidate: inout Candidate) -> Rung.Verdict {
        guard candidate.known == .initialize else { return .pass }
        return .refuse(
            .methodNotFound, "initialize does not exist in this protocol version",
            data: ["supported": supportedVersions()])
    }

    static func meta(_ candidate: inout Candidate) -> Rung.Verdict {
        if let meta = candidate.params["_meta"], meta.object == nil {
            return .refuse(.invalidParams, "\"_meta\" must be an object")
        }
        if let token = candidate.meta[MetaKey.progressToken], ProgressToken(token) == nil {
            return .refuse(.invalidParams, "\"progressToken\" must be a short string or an integer")
        }
        return .pass
    }

    /// 2026-07-28, basic/index, Per-request protocol fields. `clientInfo` is only recommended.
    static func requestEnvelope(_ candidate: inout Candidate) -> Rung.Verdict {
        guard case .string(let version)? = candidate.envelope else {
            return .refuse(.invalidParams, "\"_meta\" needs \"io.modelcontextprotocol/protocolVersion\"")
        }
        guard candidate.meta[MetaKey.clientCapabilities]?.object != nil else {
            return .refuse(.invalidParams, "\"_meta\" needs \"io.modelcontextprotocol/clientCapabilities\"")
        }
        candidate.envelopeVersion = version
        return .pass
    }

    /// Headers that mirror the body must say what the body says (2026-07-28, streamable-http, Server Validation).
    ///
    /// Legacy requests need none of them, but one that is there is held to the same rule: whatever stands in front
    /// may have believed it.
    static func headerMatch(_ candidate: inout Candidate) -> Rung.Verdict {
        let head = candidate.head
        if let version = candidate.envelopeVersion,
            !matches(head.protocolVersion, version, isRequired: true)
        {
            return .refuse(.headerMismatch, "MCP-Protocol-Version is not the version in the body")
        }
        let isRequired = candidate.era == .modern
        guard matches(head.mcpMethod, candidate.methodName, isRequired: isRequired) else {
            return .refuse(.headerMismatch, "Mcp-Method is not the method in the body")
        }
        guard let parameter = candidate.known?.mirroredParameter,
            case .string(let name)? = candidate.params[parameter]
        else { return .pass }
        return switch head.mcpName {
        case .once(let value) where HeaderText.decoded(value)?.hasSameBytes(as: name) == true: .pass
        case .absent where !isRequired: .pass
        default: .refuse(.headerMismatch, "Mcp-Name is not the name in the body")
        }
    }

    static func version(_ candidate: inout Candidate) -> Rung.Verdict {
        if let requested = candidate.envelopeVersion {
            guard let version = ProtocolVersion(named: requested), version.isSupported, version.era == .modern else {
                return unsupported(requested)
            }
            candidate.version = version
            return .pass
        }
        // `initialize` negotiates by its parameter; what its header says does not count.
        guard candidate.known != .initialize,
            case .once(let named) = candidate.head.protocolVersion
        else {
            candidate.version = .assumedWithoutHeader
            return .pass
        }
        guard let version = ProtocolVersion(named: named), version.isSupported else { return unsupported(named) }
        candidate.version = version
        return .pass
    }

    static func method(_ candidate: inout Candidate) -> Rung.Verdict {
        guard let known = candidate.known, let era = candidate.era, known.isPart(of: era) else {
            return .refuse(.methodNotFound, "there is no such method")
        }
        return .pass
    }

    static func params(_ candidate: inout Candidate) -> Rung.Verdict {
        guard let known = candidate.known else { return .pass }
        do throws(Method.InvalidParams) {
            let method = try Method(known, params: candidate.params)
            candidate.method = method
            if case .initialize(let requested) = method {
                candidate.version = ProtocolVersion.negotiated(requested)
            }
            return .pass
        } catch {
            return .refuse(.invalidParams, error.message)
        }
    }

    private static func matches(_ header: RequestHead.Occurrence, _ body: String, isRequired: Bool) -> Bool {
        switch header {
        case .absent: !isRequired
        case .once(let value): value.hasSameBytes(as: body)
        case .repeated: false
        }
    }

    private static func unsupported(_ requested: String) -> Rung.Verdict {
        // It comes back to its sender only, but passes logs and terminals on the way.
        let clipped = String(decoding: requested.utf8.lazy.filter { $0 > 0x20 && $0 < 0x7F }.prefix(64), as: UTF8.self)
        return .refuse(
            .unsupportedProtocolVersion, "this protocol version is not supported",
            data: ["supported": supportedVersions(besides: requested), "requested": .string(clipped)])
    }

    /// The served versions; one that was just refused in an envelope is not offered again.
    private static func supportedVersions(besides requested: String? = nil) -> JSONValue {
        let versions = ProtocolVersion.supported.map(\.rawValue).filter { version in
            requested.map { !$0.hasSameBytes(as: version) } ?? true
        }
        return .array(versions.map(JSONValue.string))
    }
}

extension ProtocolVersion {
    /// The answer to `initialize` (2025-11-25, basic/lifecycle, Version Negotiation): what the client asked for if a
    /// handshake can lead there, else the latest that one can lead to.
    static func negotiated(_ requested: String) -> ProtocolVersion {
        guard let version = ProtocolVersion(named: requested), version.isSupported, version.era == .legacy else {
            return .latestHandshake
        }
        return version
    }
}
