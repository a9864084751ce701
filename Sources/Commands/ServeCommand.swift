import ArgumentParser
import Backends
import Core
import Engine
import Identity
import JSON
import Logging
import MCP
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Settings
import Web

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve agents, with the configuration as it is.")

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Event loops; one for each processor otherwise.")
    var threads: Int?

    func run() async throws {
        enlargeThreadCache()
        let configuration = try loadOrExplain(options.config, flaw: fileFlaw)
        LoggingSystem.bootstrap { _ in SafeLog() }
        let logger = Logger(label: "sallyport")
        keepFreedMemory()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads ?? System.coreCount))
        let house = try await House.open(configuration, group: group, logger: logger)
        let server = try RunningServer(
            configuration: configuration, path: options.config, house: house, group: group, logger: logger)
        try await server.run()
        try await house.close()
        try await group.shutdownGracefully()
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "How the server is.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let reply = try await administer(options, "status", [:])
        for member in reply.object ?? JSONObject() {
            show("\(member.key): \(clean(member.value.string ?? member.value.text))")
        }
    }
}

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Bring a changed configuration into force; one with errors changes nothing.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let reply = try await administer(options, "reload", [:])
        show(message: reply)
    }
}

struct RereadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reread",
        abstract: "Read the sources anew now, as the running server does on a schedule.",
        discussion: """
            Documents only: the configuration stays as it is. A new operation has no tool until the configuration lists it. A tool \
            whose definition changed cannot be reached until 'sallyport tools review'. What changed becomes a finding and a notice.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reply = try await administer(options, "sources-reread", [:])
        if json { return show(json: reply) }
        let new = reply["new"]?.array ?? []
        show(reply["changed"]?.bool == true ? "The sources changed." : "The sources are as they were.")
        for finding in new {
            show(
                clean(
                    "  \(finding["severity"]?.string ?? ""): \(finding["finding"]?.string ?? ""): "
                        + (finding["evidence"]?.string ?? "")))
        }
        if let suspended = reply["suspended"]?.int, suspended > 0 {
            let tools = suspended == 1 ? "1 tool" : "\(suspended) tools"
            show("\(tools) cannot be reached until 'sallyport tools review'.")
        }
    }
}
