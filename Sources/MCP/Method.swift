public import JSON

/// What a request asks for.
public enum Method: Sendable {
    /// `server/discover`: versions, capabilities, instructions.
    case discover
    /// `initialize`, with the revision that the client wishes.
    case initialize(requested: String)
    /// `ping`, which is answered before anybody sees it.
    case ping
    /// `tools/list`, from the place that an earlier answer named. The empty cursor is a cursor.
    case listTools(cursor: String?)
    /// `tools/call`. Absent arguments are the empty object.
    case callTool(name: String, arguments: JSONObject)
    /// `tasks/get`, of the Tasks extension.
    case getTask(id: String)
    /// `tasks/update`, with answers to what the task asked for, by their keys.
    case updateTask(id: String, answers: JSONObject)
    /// `tasks/cancel`
    case cancelTask(id: String)

    /// Reads the parameters of a method.
    ///
    /// - Throws: ``InvalidParams`` naming the parameter that is missing or of the wrong type.
    init(_ name: MethodName, params: JSONObject) throws(InvalidParams) {
        switch name {
        case .discover: self = .discover
        case .ping: self = .ping
        case .initialize:
            guard case .string(let requested)? = params["protocolVersion"] else {
                throw InvalidParams(message: "\"protocolVersion\" must be a string")
            }
            self = .initialize(requested: requested)
        case .listTools:
            switch params["cursor"] {
            case nil: self = .listTools(cursor: nil)
            case .string(let cursor)?: self = .listTools(cursor: cursor)
            default: throw InvalidParams(message: "\"cursor\" must be a string")
            }
        case .callTool:
            guard case .string(let tool)? = params["name"] else {
                throw InvalidParams(message: "\"name\" must be a string")
            }
            if let state = params["requestState"], state.string == nil {
                throw InvalidParams(message: "\"requestState\" must be a string")
            }
            if let answers = params["inputResponses"], answers.object == nil {
                throw InvalidParams(message: "\"inputResponses\" must be an object")
            }
            switch params["arguments"] {
            case nil: self = .callTool(name: tool, arguments: JSONObject())
            case .object(let arguments)?: self = .callTool(name: tool, arguments: arguments)
            default: throw InvalidParams(message: "\"arguments\" must be an object")
            }
        case .getTask, .updateTask, .cancelTask:
            guard case .string(let task)? = params["taskId"] else {
                throw InvalidParams(message: "\"taskId\" must be a string")
            }
            guard name == .updateTask else {
                self = name == .getTask ? .getTask(id: task) : .cancelTask(id: task)
                return
            }
            guard case .object(let answers)? = params["inputResponses"] else {
                throw InvalidParams(message: "\"inputResponses\" must be an object")
            }
            self = .updateTask(id: task, answers: answers)
        }
    }

    struct InvalidParams: Error {
        let message: StaticString
    }
}

/// The methods that are served, with the eras that know them.
enum MethodName: String, CaseIterable {
    case callTool = "tools/call"
    case listTools = "tools/list"
    case discover = "server/discover"
    case initialize = "initialize"
    case ping = "ping"
    case getTask = "tasks/get"
    case updateTask = "tasks/update"
    case cancelTask = "tasks/cancel"

    init?(named name: String) {
        for method in Self.allCases where method.rawValue.hasSameBytes(as: name) {
            self = method
            return
        }
        return nil
    }

    func isPart(of era: Era) -> Bool {
        switch self {
        case .callTool, .listTools: true
        case .discover, .getTask, .updateTask, .cancelTask: era == .modern
        case .initialize, .ping: era == .legacy
        }
    }

    /// The parameter that `Mcp-Name` mirrors.
    ///
    /// Methods that are not served are not listed: their requests end with "method not found" either way.
    var mirroredParameter: String? {
        switch self {
        case .callTool: "name"
        case .getTask, .updateTask, .cancelTask: "taskId"
        case .listTools, .discover, .initialize, .ping: nil
        }
    }
}
