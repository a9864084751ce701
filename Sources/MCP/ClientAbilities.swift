public import JSON

/// What a client says it can do while a call waits: read from the capabilities it declares.
public struct ClientAbilities: Sendable, Hashable {
    /// Polls tasks (extension `io.modelcontextprotocol/tasks`).
    public var pollsTasks = false
    /// Opens an address in its user's browser (elicitation, mode `url`).
    public var opensLinks = false
    /// Shows its user a form (elicitation, mode `form`).
    public var showsForms = false

    static let tasks = "io.modelcontextprotocol/tasks"

    public init() {}

    /// Reads `capabilities`. An elicitation capability that names no mode means forms (2025-11-25, client/elicitation).
    public init(_ capabilities: JSONObject) {
        pollsTasks = capabilities["extensions"]?[Self.tasks]?.object != nil
        guard let elicitation = capabilities["elicitation"]?.object else { return }
        opensLinks = elicitation["url"]?.object != nil
        showsForms = elicitation["form"]?.object != nil || !elicitation.contains("url")
    }

    /// What a client has to declare that wants to use tasks; shaped like its capabilities, as a server's are.
    public static let tasksCapability: JSONObject = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]
}
