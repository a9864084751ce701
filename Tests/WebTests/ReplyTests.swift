import Core
import Engine
import Foundation
import JSON
import MCP
import Policy
import Risk
import Testing

@testable import Web

/// What agents read: every reply of the gate in both eras, held against a recorded text.
@Suite struct ReplyTests {
    private let tool = World.tool("refund", .write)
    private let id = CallID(at: World.noon, random: (7, 7))

    private func call(_ events: CallEvent.Kind...) throws -> Call {
        let opening = Opening(
            principal: TestAuthenticator.principal("ana"),
            reference: ToolReference(
                name: "refund", source: "acme", bucket: "write", definition: tool.definition), arguments: ["id": "d-1"],
            digest: Digest(of: []), snapshot: "s1")
        let decision = Decision(
            effect: .ask, isCertain: true, because: ["large"],
            demands: [ApprovalDemand(roles: ["manager", "owner"])], policyVersion: "p1")
        let kinds =
            [.opened(opening), .decided(decision), .proposed(expires: World.noon.advanced(bySeconds: 3600))] + events
        return try Call(id: id, events: kinds.map { CallEvent($0, at: World.noon) })
    }

    private func settled(_ kind: Outcome.Kind) throws -> Call {
        try call(
            .approved(Verdict(by: "ben", roles: ["manager"], channel: "test")), .admitted,
            .settled(Outcome(kind: kind)))
    }

    private func replies() throws -> [(name: String, reply: Reply, tool: Tool?)] {
        let answer = SafeAnswer(text: Array(#"{"id":"d-1"}"#.utf8), isAsDeclared: true)
        let odd = SafeAnswer(text: Array(#"{"id":7}"#.utf8), isAsDeclared: false)
        let list = SafeAnswer(text: Array(#"["a\nb"]"#.utf8), isAsDeclared: true)
        let silent = World.tool("refund", .write, declaresAnswer: false)
        var replies: [(name: String, reply: Reply, tool: Tool?)] = [
            ("answer", .answer(answer, call: id), tool),
            ("answer that is not as declared", .answer(odd, call: id), tool),
            ("answer of a tool that declares nothing", .answer(list, call: id), silent),
            ("answer of a tool that is gone", .answer(answer, call: id), nil),
            ("pending", .pending(try call()), tool),
            ("approved", .pending(try call(.approved(Verdict(by: "ben", roles: ["manager"], channel: "test")))), tool),
            ("earlier, with its answer", .earlier(answer, call: try settled(.result)), tool),
            ("earlier, its answer gone", .earlier(nil, call: try settled(.result)), tool),
        ]
        for kind in Outcome.Kind.allCases where kind != .result {
            replies.append(("earlier, \(kind.rawValue)", .earlier(nil, call: try settled(kind)), tool))
        }
        for code in Core.Refusal.Code.allCases {
            let refusal = Core.Refusal(code, "A sentence for the agent.", cause: "never shown")
            replies.append(("refused, \(code.rawValue)", .refused(refusal, call: code == .denied ? id : nil), tool))
        }
        return replies
    }

    private func exchange(_ era: Era) throws -> Exchange {
        let request = Request(era, params: ["name": "refund", "arguments": ["id": "d-1"]])
        let head = RequestHead(
            method: "POST", target: "/mcp", headers: request.headers.map { HeaderField($0.0, $0.1) })
        let ladder = Ladder(server: Implementation(name: "sallyport", version: "1.0"))
        guard case .request(let exchange) = ladder.read(head, body: Array(request.body.utf8)) else {
            throw NoRequest()
        }
        return exchange
    }

    private struct NoRequest: Error {}

    @Test func `every reply is as recorded`() throws {
        var lines: [String] = []
        for era in [Era.modern, .legacy] {
            let exchange = try exchange(era)
            for (name, reply, tool) in try replies() {
                let answer = exchange.answer(reply, tool: tool)
                lines.append("# \(era): \(name)")
                lines.append("\(answer.status) " + String(decoding: answer.message, as: UTF8.self))
            }
        }
        let text = lines.joined(separator: "\n") + "\n"
        #expect(!text.contains("never shown"))
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/replies.txt")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: golden)
        }
        let recorded = try #require(
            try? String(contentsOf: golden, encoding: .utf8), "RECORD_SNAPSHOTS=1 writes the file")
        #expect(lines == recorded.split(separator: "\n").map(String.init))
    }
}
