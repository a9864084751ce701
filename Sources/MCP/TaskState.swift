/// A task as a client sees it (extension `io.modelcontextprotocol/tasks`, Tasks).
public struct TaskState: Sendable {
    public enum Status: Sendable {
        case working
        /// With questions by their keys; a key stands for one question as long as the task lives.
        case inputRequired([String: Elicitation])
        /// With the result that `tools/call` would have had.
        case completed(ToolResult)
        case cancelled

        var name: String {
            switch self {
            case .working: "working"
            case .inputRequired: "input_required"
            case .completed: "completed"
            case .cancelled: "cancelled"
            }
        }
    }

    public var id: String
    public var status: Status
    /// One sentence for people.
    public var message: String?
    /// RFC 3339.
    public var createdAt: String
    /// RFC 3339.
    public var updatedAt: String
    /// Milliseconds from its creation after which nothing of it may be left.
    public var timeToLive: Int
    /// Milliseconds between two looks.
    public var pollInterval: Int

    public init(
        id: String, status: Status, message: String? = nil, createdAt: String, updatedAt: String, timeToLive: Int,
        pollInterval: Int
    ) {
        self.id = id
        self.status = status
        self.message = message
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.timeToLive = timeToLive
        self.pollInterval = pollInterval
    }
}
