import JSON
import Logging
import Settings
import Store

/// Asks the running server, or does it here with the database opened when none runs.
///
/// - Returns: the reply's result.
func administer(_ options: ConfigurationOptions, _ command: String, _ arguments: JSONObject) async throws -> JSONValue {
    let request: JSONValue = ["command": .string(command), "arguments": .object(arguments)]
    if let directory = dataDirectory(ofFile: options.config),
        let reply = try AdministrationSocket(path: directory + "/" + DataDirectory.socket).send(request)
    {
        return try result(of: reply)
    }
    let configuration = try loadOrExplain(options.config)
    let house = try await House.open(
        configuration, logger: Logger(label: "sallyport") { _ in SwiftLogNoOpLogHandler() })
    let administration = Administration(house: house, snapshot: nil, reload: nil, resource: configuration.resource)
    let reply = await administration.answer(request)
    try await house.close()
    return try result(of: reply)
}

private func result(of reply: JSONValue) throws -> JSONValue {
    if let error = reply["error"] {
        throw CommandError(error["message"]?.string ?? "refused", hint: error["hint"]?.string)
    }
    return reply["result"] ?? .null
}
