import Foundation
import Identity
import JSON
import NIOPosix
import Report
import Settings
import Testing

@testable import Commands

extension OfficeTests {
    @Suite struct RunningServerTests {
        /// Runs a server on a free port, with the socket of a person beside it.
        func serving(more: String = "", _ body: (Office, Operator) async throws -> Void) async throws {
            try await Office.open(listening: true, more: more) { office in
                let server = try RunningServer(
                    configuration: office.configuration, path: office.path + "/sallyport.yaml", house: office.house,
                    group: MultiThreadedEventLoopGroup.singleton, logger: Office.logger)
                let task = Task { try await server.run() }
                let person = Operator(
                    socket: AdministrationSocket(
                        path: office.configuration.dataDirectory + "/" + DataDirectory.socket))
                while try await person.ask("status") == nil { await Task.yield() }
                do {
                    try await body(office, person)
                } catch {
                    task.cancel()
                    _ = await task.result
                    throw error
                }
                task.cancel()
                _ = await task.result
            }
        }

        /// Asks as the command line does.
        struct Operator: Sendable {
            let socket: AdministrationSocket

            /// The whole reply; nil when nobody listens.
            func ask(_ command: String, _ arguments: JSONObject = [:]) async throws -> JSONValue? {
                try await withCheckedThrowingContinuation { continuation in
                    // A thread of its own: the pool's threads are those that the server needs to answer.
                    Thread.detachNewThread {
                        let request: JSONValue = ["command": .string(command), "arguments": .object(arguments)]
                        continuation.resume(with: Result { try socket.send(request) })
                    }
                }
            }
        }

        @Test func `a configuration with errors changes nothing, a sound one counts at once`() async throws {
            try await serving { office, person in
                let file = office.path + "/sallyport.yaml"
                let before = try await person.ask("status")?["result"]
                #expect(before?["running"] == true)
                #expect(before?["tools"] == 2)
                let sound = try String(contentsOfFile: file, encoding: .utf8)

                try Office.write(sound.replacingOccurrences(of: "effect: allow", with: "effect: permit"), to: file)
                let refused = try #require(try await person.ask("reload"))
                let message = refused["error"]?["message"]?.string ?? ""
                #expect(message.contains("the running one stays in force"))
                #expect(message.contains("sallyport.yaml:20: error: this must be one of: allow, ask, deny"))
                #expect(try await person.ask("status")?["result"] == before)

                try Office.write("version: [", to: file)
                let broken = try await person.ask("reload")
                #expect(broken?["error"] != nil)
                #expect(try await person.ask("status")?["result"] == before)

                try Office.write(
                    sound.replacingOccurrences(of: "list_orders: { bucket: read", with: "list_orders: { bucket: never"),
                    to: file)
                let taken = try await person.ask("reload")
                #expect(taken?["result"] != nil)
                let after = try await person.ask("status")?["result"]
                #expect(after?["tools"] == 1)
                #expect(after?["never"] == 1)
                #expect(after?["snapshot"] != before?["snapshot"])
                let acts = try await office.acts().filter { !RegisterEvent.acts.contains($0) }
                #expect(acts == ["started", "configuration-changed"])
            }
        }

        @Test func `while a server runs nobody else opens its house`() async throws {
            try await serving { office, person in
                let added = try await person.ask("users-add", ["name": "ana"])
                #expect(added?["result"] != nil)
                #expect(try await office.house.users.isActive("ana"))
                await #expect(throws: CommandError.self) {
                    _ = try await House.open(office.configuration, logger: Office.logger)
                }
            }
            let nobody = Operator(socket: AdministrationSocket(path: "/tmp/nobody-listens-here.sock"))
            let reply = try await nobody.ask("status")
            #expect(reply == nil)
        }
    }
}
