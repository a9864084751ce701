public import JSON

// Answers to a call that waits.

extension Exchange {
    /// Answers `tools/call`: the client asks its user, and sends the request again with the answers and the state.
    ///
    /// - Parameters:
    ///   - questions: By their keys; none where the client is only to come back.
    ///   - state: Opaque to the client.
    public func inputRequired(_ questions: [String: Elicitation], state: String) -> Answer {
        answer(kind: "input_required") { result in
            if !questions.isEmpty {
                result.key("inputRequests")
                result.json.write(inputRequests(questions))
            }
            result.write("requestState", state)
            result.writeMeta()
        }
    }

    /// Answers `tools/call` with a task instead of a result. Only for clients that declare the extension.
    public func created(_ task: TaskState) -> Answer {
        answer(kind: "task") { result in write(task, into: &result) }
    }

    /// Answers `tasks/get`.
    public func task(_ task: TaskState) -> Answer {
        answer(kind: ResultWriter.completeKind) { result in write(task, into: &result) }
    }

    /// Answers `tasks/get`, `tasks/update` and `tasks/cancel` for a task that is not there, or not this principal's.
    public func unknownTask() -> Answer {
        error(.invalidParams, "there is no such task")
    }

    /// Answers `tasks/get`, `tasks/update` and `tasks/cancel` when nobody can say: nothing was changed.
    public func unreadableTask() -> Answer {
        error(.internalError, "the task cannot be read now; try again")
    }

    /// Answers a `tools/call` whose `requestState` was not issued for it.
    public func invalidState() -> Answer {
        error(.invalidParams, "\"requestState\" was not issued for this request; leave it out")
    }

    /// Answers `tools/call` of 2025-11-25: the call waits for what people do at an address.
    public func urlElicitationRequired(_ link: Elicitation, message: String, meta: JSONObject) -> Answer {
        error(
            .urlElicitationRequired, message,
            data: ["elicitations": [.object(link.params(in: version))], "_meta": .object(meta)])
    }

    private func inputRequests(_ questions: [String: Elicitation]) -> JSONValue {
        var requests = JSONObject()
        for (key, question) in questions.sorted(by: { $0.key < $1.key }) {
            requests.append(key, question.request(in: version))
        }
        return .object(requests)
    }

    private func write(_ task: TaskState, into result: inout ResultWriter) {
        result.write("taskId", task.id)
        result.write("status", task.status.name)
        result.write("statusMessage", task.message)
        result.write("createdAt", task.createdAt)
        result.write("lastUpdatedAt", task.updatedAt)
        result.key("ttlMs")
        result.json.write(JSONValue(max(0, task.timeToLive)))
        result.key("pollIntervalMs")
        result.json.write(JSONValue(max(0, task.pollInterval)))
        switch task.status {
        case .working, .cancelled: break
        case .inputRequired(let questions):
            result.key("inputRequests")
            result.json.write(inputRequests(questions))
        case .completed(let tool):
            result.writeObject("result") { inner in
                inner.write("resultType", ResultWriter.completeKind)
                write(tool, into: &inner)
            }
        }
        result.writeMeta()
    }
}
