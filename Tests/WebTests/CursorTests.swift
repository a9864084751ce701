import Core
import Engine
import JSON
import MCP
import Policy
import Risk
import Testing

@testable import Web

@Suite struct CursorTests {
    private let world = World(tools: (0..<2_500).map { World.tool("tool_\(10_000 + $0)", .read) })

    private func list(
        _ cursor: String?, as principal: Principal = TestAuthenticator.principal("ana"), snapshot: Snapshot? = nil
    ) async throws -> JSONValue {
        let face = AgentFace(gate: world.gate, snapshot: { [world] in snapshot ?? world.snapshot })
        let request = Request(.modern, "tools/list", params: cursor.map { ["cursor": .string($0)] } ?? [:])
        let head = RequestHead(
            method: "POST", target: "/mcp", headers: request.headers.map { HeaderField($0.0, $0.1) })
        let reading = Ladder(server: Implementation(name: "sallyport", version: "1.0"))
            .read(head, body: Array(request.body.utf8))
        guard case .request(let exchange) = reading else { throw NoRequest(reading: reading) }
        return try JSONParser.parse(await face.respond(to: exchange, as: principal).message)
    }

    struct NoRequest: Error {
        let reading: Reading
    }

    private func names(_ page: JSONValue) -> [String] {
        (page["result"]?["tools"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test func `pages together are the list, each tool once`() async throws {
        var cursor: String?
        var all: [String] = []
        var pages = 0
        repeat {
            let page = try await list(cursor)
            #expect(page["error"] == nil)
            all += names(page)
            cursor = page["result"]?["nextCursor"]?.string
            pages += 1
        } while cursor != nil && pages < 10
        #expect(pages == 3)
        #expect(all == (0..<2_500).map { "tool_\(10_000 + $0)" })
    }

    @Test func `a page is bounded in bytes and never empty`() async throws {
        let large = String(repeating: "d", count: AgentFace.pageBytes)
        let tools = (0..<3).map { World.tool("tool_\($0)", .read, description: large) }
        let snapshot = Snapshot(
            version: "s2", policy: world.snapshot.policy, catalogue: Catalogue(tools), backends: [:], approvers: [:])
        let first = try await list(nil, snapshot: snapshot)
        #expect(names(first) == ["tool_0"])
        let second = try await list(first["result"]?["nextCursor"]?.string, snapshot: snapshot)
        #expect(names(second) == ["tool_1"])
    }

    @Test func `the same person through another agent is another principal`() async throws {
        let cursor = try #require(try await list(nil)["result"]?["nextCursor"]?.string)
        let others = [
            TestAuthenticator.principal("ben"), TestAuthenticator.principal("ana", agent: "other"),
            TestAuthenticator.principal("ana", tenant: "south"), TestAuthenticator.principal("ana", tenant: nil),
        ]
        for other in others {
            let page = try await list(cursor, as: other)
            #expect(page["error"]?["code"] == -32602)
            #expect(page["result"] == nil)
        }
        #expect(names(try await list(cursor)).count == 1000)
    }

    @Test func `a cursor of another snapshot is refused`() async throws {
        let cursor = try #require(try await list(nil)["result"]?["nextCursor"]?.string)
        let changed = Snapshot(
            version: "s2", policy: world.snapshot.policy, catalogue: world.snapshot.catalogue, backends: [:],
            approvers: [:])
        #expect(try await list(cursor, snapshot: changed)["error"]?["code"] == -32602)
    }

    @Test func `a cursor that was edited is refused`() async throws {
        let cursor = try #require(try await list(nil)["result"]?["nextCursor"]?.string)
        var bytes = Array(cursor.utf8)
        for index in bytes.indices {
            let byte = bytes[index]
            bytes[index] = byte == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let page = try await list(String(decoding: bytes, as: UTF8.self))
            #expect(page["error"]?["code"] == -32602, "digit \(index)")
            bytes[index] = byte
        }
        let foreign = [
            "", "0", "zz", String(cursor.dropLast()), cursor + "00", cursor + cursor, "1000/s1", "é",
            String(repeating: "00", count: 4_000),
        ]
        for text in foreign { #expect(try await list(text)["error"]?["code"] == -32602, "\(text.prefix(20))") }
    }

    @Test func `a place outside the list is refused even when it was sealed here`() async throws {
        let ana = TestAuthenticator.principal("ana")
        for index in [-1, 2_500, Int.max] {
            let text = try #require(
                Cursor(index: index, snapshot: "s1").text(sealedBy: world.gate.vault, for: ana))
            #expect(try await list(text)["error"]?["code"] == -32602)
        }
        let sealed = try world.gate.vault.seal(Array("5".utf8), purpose: "cursor/" + ana.identity.text)
        let hex = sealed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(try await list(hex)["error"]?["code"] == -32602)
    }
}
