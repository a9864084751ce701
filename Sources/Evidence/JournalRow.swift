package import Core
import JSON
package import TransparencyLog

/// A row of the journal, as it is stored. Its line is what the log commits to: `docs/evidence.md` fixes the form.
package struct JournalRow: Sendable, Hashable {
    /// Counted from 1 without gaps; the entry's index in the log is one less.
    package var position: Int
    package var at: Timestamp
    package var call: String?
    /// The call's version before the entry; nil for acts.
    package var previous: Int?
    package var phase: String?
    package var user: String?
    package var agent: String?
    package var tool: String?
    package var digest: String?
    package var act: String?
    /// A hash of the idempotency key with whose it is.
    package var repeatKey: String?
    /// The process that admitted the call, where several share the database.
    package var process: Int?
    /// JSON text.
    package var body: [UInt8]

    package init(
        position: Int, at: Timestamp, call: String? = nil, previous: Int? = nil, phase: String? = nil,
        user: String? = nil, agent: String? = nil, tool: String? = nil, digest: String? = nil, act: String? = nil,
        repeatKey: String? = nil, process: Int? = nil, body: [UInt8]
    ) {
        self.position = position
        self.at = at
        self.call = call
        self.previous = previous
        self.phase = phase
        self.user = user
        self.agent = agent
        self.tool = tool
        self.digest = digest
        self.act = act
        self.repeatKey = repeatKey
        self.process = process
        self.body = body
    }

    /// Reads a line that ``line`` wrote; nil for any other.
    package init?(line: [UInt8]) {
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        guard let object = try? JSONParser.parse(line, options: options).object, let position = object["position"]?.int,
            let at = object["at"]?.int, let body = object["body"]
        else { return nil }
        self.init(
            position: position, at: Timestamp(microseconds: Int64(at)), call: object["call"]?.string,
            previous: object["previous"]?.int, phase: object["phase"]?.string, user: object["actor"]?.string,
            agent: object["agent"]?.string, tool: object["tool"]?.string, digest: object["digest"]?.string,
            act: object["act"]?.string, repeatKey: object["key"]?.string, process: object["process"]?.int,
            body: body.bytes)
        guard self.line == line else { return nil }
    }

    /// The row as a line of JSON, without its end.
    package var line: [UInt8] { written.bytes }

    private var written: EntryLine {
        var line = EntryLine(reservingCapacity: body.count + 320)
        line.begin(position: position, at: at)
        line.add("call", call)
        line.add("previous", previous)
        line.add("phase", phase)
        line.add("actor", user)
        line.add("agent", agent)
        line.add("tool", tool)
        line.add("digest", digest)
        line.add("act", act)
        line.add("key", repeatKey)
        line.add("process", process)
        line.end(body: body[...])
        return line
    }

    /// The hash of the row's leaf in the log.
    package var leaf: TreeHash { written.leaf }
}
