public import JSON

extension Exchange {
    /// Answers `server/discover`.
    ///
    /// - Parameters:
    ///   - capabilities: What the methods served really do; `{"tools":{}}` for tools.
    ///   - timeToLive: Milliseconds for which the client may keep the answer.
    public func discovered(
        capabilities: JSONObject, instructions: String? = nil, timeToLive: Int = 0
    ) -> Answer {
        complete { result in
            result.key("supportedVersions")
            result.json.write(.array(ProtocolVersion.supported.map { .string($0.rawValue) }))
            result.key("capabilities")
            result.json.write(.object(capabilities))
            result.write("instructions", instructions)
            result.writeCaching(timeToLive: timeToLive)
            result.writeMeta()
        }
    }

    /// Answers `initialize` with the revision that was settled on. No session is opened.
    public func initialized(capabilities: JSONObject, instructions: String? = nil) -> Answer {
        complete { result in
            result.key("protocolVersion")
            result.json.write(version.rawValue)
            result.key("capabilities")
            result.json.write(.object(capabilities))
            result.key("serverInfo")
            result.json.raw(server.json.bytes)
            result.write("instructions", instructions)
            result.writeMeta()
        }
    }

    /// Answers `tools/list` with one page of definitions that are written already.
    ///
    /// - Parameters:
    ///   - tools: Definitions in their order. For legacy clients they must be without `outputSchema` where that does
    ///     not describe an object.
    ///   - nextCursor: Where the next page begins; nil on the last. Opaque to the client.
    ///   - timeToLive: Milliseconds for which the client may keep the page.
    public func tools(
        _ tools: some Collection<EncodedJSON>, nextCursor: String? = nil, timeToLive: Int = 0
    ) -> Answer {
        complete(reserving: tools.reduce(512) { $0 + $1.bytes.count + 1 }) { result in
            result.key("tools")
            result.json.raw("[")
            var isFirst = true
            for tool in tools {
                if !isFirst { result.json.raw(",") }
                isFirst = false
                result.json.raw(tool.bytes)
            }
            result.json.raw("]")
            result.write("nextCursor", nextCursor)
            result.writeCaching(timeToLive: timeToLive)
            result.writeMeta()
        }
    }

    /// Answers `tools/call`.
    public func toolResult(_ tool: ToolResult) -> Answer {
        complete(reserving: tool.sizeHint) { result in write(tool, into: &result) }
    }

    /// Writes the members of a tool's result.
    func write(_ tool: ToolResult, into result: inout ResultWriter) {
        result.key("content")
        result.json.raw("[")
        for (index, content) in tool.content.enumerated() {
            if index > 0 { result.json.raw(",") }
            content.write(to: &result.json)
        }
        result.json.raw("]")
        if let structured = tool.structuredContent,
            structured.isObject || !version.resultRules.structuredContentIsObject
        {
            result.key("structuredContent")
            result.json.raw(structured.bytes)
        }
        result.key("isError")
        result.json.raw(tool.isError ? "true" : "false")
        result.writeMeta(tool.meta)
    }

    /// Answers with a result that is a value already, such as one that another server gave.
    ///
    /// Members keep their order, known or not. What the revision requires is added, what it does not know is left
    /// out: `resultType` and `ttlMs`, and `structuredContent` where it must be an object and is none.
    public func result(_ object: JSONObject) -> Answer {
        let rules = version.resultRules
        let kind = object["resultType"]?.string ?? ResultWriter.completeKind
        return answer(kind: kind) { result in
            for member in object where !member.key.hasSameBytes(as: "_meta") {
                switch member.key {
                case "resultType": continue
                case "ttlMs", "cacheScope":
                    guard rules.hasTimeToLive else { continue }
                case "structuredContent":
                    guard member.value.object != nil || !rules.structuredContentIsObject else { continue }
                default: break
                }
                result.key(member.key)
                result.json.write(member.value)
            }
            result.writeMeta(object["_meta"]?.object ?? JSONObject())
        }
    }

    /// Answers with an error.
    ///
    /// - Parameter message: One sentence that the client may see.
    public func error(_ code: ErrorCode, _ message: String, data: JSONValue? = nil) -> Answer {
        let body = ErrorBody(code: code, message: message, data: data)
        return Answer(message: body.bytes(id: id), status: code.status(in: era), accepts: accepts)
    }

    /// Answers a `tools/list` whose cursor was not issued here, or not to this principal.
    public func invalidCursor() -> Answer {
        error(.invalidParams, "the cursor is not valid; list again from the start")
    }

    /// Answers a `tools/call` of a tool that does not exist for this principal.
    public func unknownTool() -> Answer {
        error(.invalidParams, "there is no such tool")
    }

    /// Answers that the client would have to be able to do more.
    ///
    /// - Parameter required: Shaped like the capabilities that a client declares.
    public func missingCapability(_ required: JSONObject) -> Answer {
        error(
            .missingClientCapability, "the client lacks a capability that this request needs",
            data: ["requiredCapabilities": .object(required)])
    }

    private func complete(reserving capacity: Int = 256, _ body: (inout ResultWriter) -> Void) -> Answer {
        answer(kind: ResultWriter.completeKind, reserving: capacity, body)
    }

    func answer(
        kind: String, reserving capacity: Int = 256, _ body: (inout ResultWriter) -> Void
    ) -> Answer {
        var writer = ResultWriter(id: id, kind: kind, version: version, server: server, reserving: capacity)
        body(&writer)
        return Answer(message: writer.finish(), status: 200, accepts: accepts)
    }
}
