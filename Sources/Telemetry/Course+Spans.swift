import Core
import Policy
import Risk

extension Course {
    /// The call's span, and that of the hop to the source where there was one; none where the trace is not kept.
    ///
    /// Names are those of OpenTelemetry's conventions for MCP and generative AI where it has some. What the agent or the
    /// source said is in none: a tool is named as the catalogue names it, and one that is not in it has no name.
    package var spans: [Span] {
        guard let trace, trace.isKept else { return [] }
        var attributes = [
            Span.Attribute("mcp.method.name", "tools/call"), Span.Attribute("gen_ai.operation.name", "execute_tool"),
        ]
        if let target {
            attributes.append(Span.Attribute("gen_ai.tool.name", target.tool))
            attributes.append(Span.Attribute("sallyport.source", target.source))
            attributes.append(Span.Attribute("sallyport.bucket", target.bucket.rawValue))
        }
        if let call { attributes.append(Span.Attribute("sallyport.call.id", call.text)) }
        if let effect { attributes.append(Span.Attribute("sallyport.effect", effect.rawValue)) }
        attributes.append(Span.Attribute("sallyport.outcome", outcome.rawValue))
        if let code { attributes.append(Span.Attribute("error.type", code.rawValue)) }
        let whole = Span(
            traceHigh: trace.own.high, traceLow: trace.own.low, id: trace.own.span, parent: trace.parent,
            name: target.map { "tools/call \($0.tool)" } ?? "tools/call", kind: .server, start: start, end: end,
            attributes: attributes, isError: isFault)
        return [whole] + (hop(trace).map { [$0] } ?? [])
    }

    private func hop(_ trace: Trace) -> Span? {
        guard let index = ends.firstIndex(where: { $0.stage == .dispatch }), index > 0, let target else { return nil }
        var attributes = [Span.Attribute("sallyport.source", target.source)]
        if let call { attributes.append(Span.Attribute("sallyport.call.id", call.text)) }
        if let status { attributes.append(Span.Attribute("http.response.status_code", status)) }
        let isError = outcome == .failure || outcome == .unknown || (status ?? 0) >= 400
        if isError { attributes.append(Span.Attribute("error.type", status.map { "\($0)" } ?? outcome.rawValue)) }
        return Span(
            traceHigh: trace.own.high, traceLow: trace.own.low, id: trace.hop, parent: trace.own.span,
            name: "call \(target.source)", kind: .client, start: ends[index - 1].at, end: ends[index].at,
            attributes: attributes, isError: isError)
    }

    /// Whether something went wrong here or at the source; that policy or a person said no is no error.
    private var isFault: Bool {
        switch outcome {
        case .failure, .unknown: true
        case .refused: code == .internalFault || code == .notRecorded || code == .sourceUnavailable
        case .result, .refusal, .earlier, .pending: false
        }
    }
}
