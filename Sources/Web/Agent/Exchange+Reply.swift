import Core
import Engine
import JSON
import MCP
import Policy

// How replies of the gate look in MCP: the one place that maps refusals and faults to the protocol.

extension Exchange {
    /// - Parameter approvals: where people decide; nil where they only have the command line.
    func answer(_ reply: Reply, tool: Tool?, approvals: String? = nil, receipt: Receipt? = nil) -> Answer {
        if case .refused(let refusal, _) = reply, refusal.code == .unknownTool { return unknownTool() }
        var result = result(reply, tool: tool, approvals: approvals)
        if let receipt {
            result.meta.append(
                MetaName.receipt, ["call": .string(receipt.call.text), "index": JSONValue(receipt.index)])
        }
        return toolResult(result)
    }

    /// The reply as the result of a tool.
    func result(_ reply: Reply, tool: Tool?, approvals: String? = nil) -> ToolResult {
        switch reply {
        case .answer(let answer, let call): ToolResult(answer, of: tool, meta: meta(call: call))
        case .earlier(let answer, let call): earlier(answer, call, tool)
        case .pending(let call): pending(call, at: approvals.map { "\($0)/\(call.id.text)" })
        case .refused(let refusal, let call):
            .failure(text(refusal, call: call), meta: meta(call: call, code: refusal.code.rawValue))
        }
    }

    /// Answers 2025-11-25 that people decide at an address.
    func urlElicitationRequired(_ call: Call, _ link: Elicitation) -> Answer {
        urlElicitationRequired(link, message: pendingText(call), meta: meta(call: call.id, code: "pending"))
    }

    /// What a client asks its user who confirms a call.
    func question(_ call: Call) -> String { "\(call.headline)?" }

    /// Who has to act, for people.
    func waitingFor(_ call: Call) -> String { "It waits for \(whoIsMissing(call))." }

    private func earlier(_ answer: SafeAnswer?, _ call: Call, _ tool: Tool?) -> ToolResult {
        let happened =
            switch call.outcome?.kind {
            case .result: "This call already ran once, at \(call.lastEventAt); it was not run again."
            case .refusal: "This call was already made, at \(call.lastEventAt), and the source refused it."
            case .failure: "This call was already tried, at \(call.lastEventAt), and failed."
            case .unknown, nil: "This call was already made, at \(call.lastEventAt); its outcome is unknown."
            }
        // Who is told how to make another one makes it, and of an unknown outcome it may be the second.
        let hint =
            call.outcome?.kind == .unknown || call.outcome == nil
            ? " It is not sent again before a person has found out what became of it."
            : " For another one, send a new \"\(MetaName.idempotencyKey)\" in _meta."
        let meta = meta(call: call.id, code: call.outcome?.codeForAgents?.rawValue)
        var result = answer.map { ToolResult($0, of: tool, meta: meta) } ?? ToolResult(meta: meta)
        result.content.append(.text(happened + hint))
        result.isError = result.isError || call.outcome?.kind != .result || answer == nil
        return result
    }

    private func pending(_ call: Call, at page: String?) -> ToolResult {
        var meta = meta(call: call.id, code: "pending")
        var text = pendingText(call)
        if let page, call.phase == .proposed {
            // Whoever opens it signs in as themselves: the link gives nobody a right.
            text += " People decide at \(page)"
            meta.append(MetaName.approval, .string(page))
        }
        return .failure(text, meta: meta)
    }

    private func pendingText(_ call: Call) -> String {
        let until = call.expires.map { " before \($0)" } ?? ""
        return call.phase == .approved
            ? "This call is approved. Repeat it with the same arguments to run it. Call \(call.id)."
            : "Nothing has happened yet: this call waits for \(whoIsMissing(call))\(until). "
                + "Repeat the same call with the same arguments afterwards. Call \(call.id)."
    }

    private func whoIsMissing(_ call: Call) -> String {
        var parts: [String] = []
        if call.awaitsConfirmation { parts.append("the user you act for to confirm it") }
        let seats = call.missingSeats
        let roles = seats.reduce(into: Set<String>()) { $0.formUnion($1.roles) }.sorted().joined(separator: " or ")
        if seats.count == 1 { parts.append("a person with the role \(roles) to approve it") }
        if seats.count > 1 { parts.append("\(seats.count) people with the roles \(roles) to approve it") }
        return parts.joined(separator: " and for ")
    }

    private func text(_ refusal: Core.Refusal, call: CallID?) -> String {
        let id = call.map { " Call \($0)." } ?? ""
        return "\(refusal.message) [\(refusal.code.rawValue)]\(id)"
    }

    private func meta(call: CallID?, code: String? = nil) -> JSONObject {
        var meta = JSONObject()
        if let call { meta.append(MetaName.call, .string(call.text)) }
        if let code { meta.append(MetaName.code, .string(code)) }
        return meta
    }
}

extension Outcome {
    /// The stable code of what did not come to a result.
    var codeForAgents: Core.Refusal.Code? {
        switch kind {
        case .result: nil
        case .refusal: code ?? .sourceRefused
        case .failure: code ?? .sourceUnavailable
        case .unknown: .outcomeUnknown
        }
    }
}

extension ToolResult {
    /// An answer as text, and as structured content where the tool declares one.
    init(_ answer: SafeAnswer, of tool: Tool?, meta: JSONObject) {
        let json = EncodedJSON(trusting: answer.text)
        let isStructured = tool?.outputSchema != nil && answer.isAsDeclared
        var meta = meta
        meta.append(MetaName.content, "untrusted")
        self.init(content: [.json(json)], structuredContent: isStructured ? json : nil, meta: meta)
        if !answer.isAsDeclared {
            content.append(.text("The source's answer does not match what it declares; read it with care."))
            isError = true
        }
    }
}
