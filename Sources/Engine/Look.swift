import Core
import JSON
import Policy

extension Gate {
    /// Tells what a call would do, with the record that it would change read as the acting user.
    ///
    /// The reading is a call of its own, of the tool that reads, with its own decision and its own records; it never waits
    /// for a person.
    func describe(_ opened: OpenCall, in snapshot: Snapshot) async -> Change {
        let record = await look(opened, for: opened.call.id, in: snapshot)
        var (change, compared) = Core.describe(opened.tool, opened.call.opening.arguments, record)
        change.mark = compared.map { mark($0, of: opened.tool) }
        return change
    }

    /// How the record compares with what the person saw who approved.
    enum Comparison {
        case same, different
        /// Nobody can say now.
        case unreadable
    }

    func compare(_ known: Call, _ opened: OpenCall, in snapshot: Snapshot) async -> Comparison {
        guard let mark = known.change?.mark else { return .same }
        let record = await look(opened, for: known.id, in: snapshot)
        guard let compared = Core.describe(opened.tool, opened.call.opening.arguments, record).compared else {
            return .unreadable
        }
        return self.mark(compared, of: opened.tool) == mark ? .same : .different
    }

    /// Puts what the record holds into the record of a financial or administrative call that nobody is asked about, where it can
    /// be read. That it cannot is no reason to refuse what policy allows.
    @inline(never)
    func noteStakes(_ opened: OpenCall, in snapshot: Snapshot) async {
        guard opened.call.phase == .decided, opened.tool.wording.reading != nil else { return }
        let record: KnownRecord =
            if let before = opened.before { .found(before) } else {
                await look(opened, for: opened.call.id, in: snapshot)
            }
        opened.call.stake(Core.describe(opened.tool, opened.call.opening.arguments, record).change.fields)
    }

    private func mark(_ compared: JSONValue, of tool: Tool) -> Digest {
        let text = compared.canonicalBytes(.exact) ?? compared.bytes
        return vault.digest(of: Array("sallyport/record/v1\n\(tool.key)\n".utf8) + text)
    }

    func look(_ opened: OpenCall, for id: CallID, in snapshot: Snapshot) async -> KnownRecord {
        guard let reading = opened.tool.wording.reading, let tool = snapshot.catalogue[reading.tool], tool.isRead else {
            return .unreadable
        }
        var arguments = JSONObject()
        for (name, own) in reading.arguments.sorted(by: { $0.key < $1.key }) {
            // What the gateway fills in for the reading tool as well is not supplied.
            guard tool.scope.bindings[name] == nil else { continue }
            guard let value = opened.bound.arguments[own] else { return .failed }
            arguments[name] = value
        }
        guard let answer = await ask(reading.tool, arguments, for: id, opened, in: snapshot), answer.object != nil
        else {
            return .failed
        }
        return .found(answer)
    }

    /// Makes a call of a tool that reads, for the sake of another and as its user.
    ///
    /// - Returns: nil for whatever is no answer.
    func ask(
        _ tool: String, _ arguments: JSONObject, for id: CallID, _ opened: OpenCall, in snapshot: Snapshot
    ) async -> JSONValue? {
        let request = ToolRequest(name: tool, arguments: arguments, trace: opened.request.trace, partOf: id)
        do {
            let read = try open(request, as: opened.bound.principal, in: snapshot, at: now())
            read.knownOrders = opened.knownOrders
            // A question that has questions of its own would not end.
            guard read.effect == .allow, read.call.decision?.requirements.isEmpty ?? true,
                case .answer(let answer, _) = try await run(read, in: snapshot)
            else { return nil }
            return try JSONParser.parse(answer.text)
        } catch {
            return nil
        }
    }
}
