import Core
import Policy
import Telemetry

extension Gate {
    /// Tells what became of a request that never became a call.
    @inline(never)
    func note(_ reply: Reply, to request: ToolRequest, _ trace: Trace?, in snapshot: Snapshot, from start: Timestamp) {
        guard let onReply else { return }
        var course = Course(start: start, end: now(), outcome: .refused)
        // A tool that the principal may not know of is none, as it is in the reply.
        if case .refused(let refusal, _) = reply {
            course.code = refusal.code
            if refusal.code != .unknownTool { course.target = snapshot.catalogue[request.name].map(Course.Target.init) }
        }
        course.trace = trace
        onReply(course)
    }

    /// Tells what became of a call.
    @inline(never)
    func note(_ reply: Reply, to opened: OpenCall, from start: Timestamp) {
        guard let onReply else { return }
        var course = Course(start: start, end: now(), outcome: .refused)
        course.ends = opened.ends
        course.target = Course.Target(opened.tool)
        course.effect = opened.effect
        course.call = opened.call.id
        course.trace = opened.trace
        let outcome = opened.call.outcome
        course.status = outcome?.status
        switch reply {
        case .answer: course.outcome = Course.End(outcome?.kind)
        case .earlier(_, let call):
            course.outcome = .earlier
            course.call = call.id
        case .pending(let call):
            course.outcome = .pending
            course.call = call.id
        case .refused(let refusal, _):
            course.outcome = Course.End(outcome?.kind)
            course.code = refusal.code
        }
        onReply(course)
    }
}

extension Course.End {
    fileprivate init(_ kind: Outcome.Kind?) {
        switch kind {
        case .result: self = .result
        case .refusal: self = .refusal
        case .failure: self = .failure
        case .unknown: self = .unknown
        case nil: self = .refused
        }
    }
}

extension Course.Target {
    fileprivate init(_ tool: Tool) {
        self.init(tool: tool.name, source: tool.source, bucket: tool.bucket)
    }
}
