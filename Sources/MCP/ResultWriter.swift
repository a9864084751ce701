import JSON

/// Writes a JSON-RPC response with a result, straight to bytes.
struct ResultWriter {
    static let completeKind = "complete"

    var json: JSONWriter
    private let rules: ResultRules
    private let server: Implementation
    private var isEmpty = true

    init(id: RequestID, kind: String, version: ProtocolVersion, server: Implementation, reserving capacity: Int) {
        json = JSONWriter(reservingCapacity: capacity)
        rules = version.resultRules
        self.server = server
        json.raw(#"{"jsonrpc":"2.0","id":"#)
        json.write(id.value)
        json.raw(#","result":{"#)
        if rules.hasResultType { write("resultType", kind) }
    }

    /// Begins a member; its value is written next.
    mutating func key(_ key: String) {
        if !isEmpty { json.raw(",") }
        isEmpty = false
        json.write(key)
        json.raw(":")
    }

    mutating func write(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        json.write(value)
    }

    /// Writes a member that is an object.
    mutating func writeObject(_ name: String, _ body: (inout ResultWriter) -> Void) {
        key(name)
        json.raw("{")
        isEmpty = true
        body(&self)
        json.raw("}")
        isEmpty = false
    }

    /// How long and by whom the result may be kept (2026-07-28, server/utilities/caching).
    ///
    /// What a principal sees depends on the principal, so the scope is always private. It is said to legacy clients
    /// too, whose results may have further members: whoever keeps answers on the way should know.
    mutating func writeCaching(timeToLive: Int) {
        if rules.hasTimeToLive {
            key("ttlMs")
            json.write(JSONValue(max(0, timeToLive)))
        }
        write("cacheScope", "private")
    }

    /// Writes `_meta` where there is something to say. What is given keeps its order; the name of the server comes
    /// from here.
    mutating func writeMeta(_ meta: JSONObject = JSONObject()) {
        guard rules.namesServer || !meta.isEmpty else { return }
        key("_meta")
        json.raw("{")
        isEmpty = true
        for member in meta where !member.key.hasSameBytes(as: MetaKey.serverInfo) {
            key(member.key)
            json.write(member.value)
        }
        if rules.namesServer {
            key(MetaKey.serverInfo)
            json.raw(server.json.bytes)
        }
        json.raw("}")
        isEmpty = false
    }

    /// Ends the response. Mutates, since whoever still held the writer would share its bytes, and they would be copied.
    mutating func finish() -> [UInt8] {
        json.raw("}}")
        return json.bytes
    }
}
