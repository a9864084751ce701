import JSON
import MCP
import TestSupport
import Testing

/// Whatever arrives, the ladder neither traps nor stays silent.
@Suite struct MutationTests {
    @Test(arguments: [11, 12, 13, 14] as [UInt64]) func `every mutation is answered or served`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var served = 0, refused = 0
        for round in 0..<2500 {
            let methods = [
                "tools/call", "tools/list", "server/discover", "initialize", "ping", "notifications/cancelled",
            ]
            let method = methods.randomElement(using: &random) ?? "ping"
            var sample = Sample(Bool.random(using: &random) ? .modern : .legacy, method: method)
            if method == "notifications/cancelled" { sample.message["id"] = nil }
            if method == "initialize" { sample.setParam("protocolVersion", "2025-11-25") }
            for _ in 0..<Int.random(in: 0...1, using: &random) { mutateHead(&sample, &random) }
            var body = sample.body
            for _ in 0..<Int.random(in: 0...2, using: &random) { mutate(&body, &random) }
            let reading: Reading
            if let refusal = Ladder.forTests.before(sample.head) {
                reading = .refused(refusal)
            } else {
                reading = Ladder.forTests.read(sample.head, body: body)
            }
            let note = Comment(rawValue: "seed \(seed), round \(round)")
            switch reading {
            case .request(let exchange):
                served += 1
                let reply = exchange.toolResult(.failure("x")).reply
                #expect(reply.status == 200, note)
                let message = exchange.accepts.json ? reply.json : nil
                #expect(message?["id"] == exchange.id.value || !exchange.accepts.json, note)
                #expect(exchange.version.isSupported, note)
            case .refused(let refusal):
                refused += 1
                #expect((200..<500).contains(refusal.reply.status), note)
                #expect(refusal.reply.json?["error"]?["code"]?.int == refusal.code.number, note)
            case .reply(let reply):
                #expect(reply == .accepted || reply.json?["result"] == [:], note)
            case .cancelled, .answered: break
            }
        }
        #expect(served > 200 && refused > 200, "seed \(seed)")
    }

    private func mutate(_ body: inout [UInt8], _ random: inout SplitMix64) {
        let interesting = Array("{}[]\",:\\0e-.\u{0}\r\n \u{FF}nt".utf8)
        let index = Int.random(in: 0...body.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where index < body.count: body[index] = UInt8.random(in: .min ... .max, using: &random)
        case 1: body.insert(interesting.randomElement(using: &random) ?? 0, at: index)
        case 2 where index < body.count: body.remove(at: index)
        case 3: body.removeSubrange(index...)
        default:
            let end = Int.random(in: index...body.count, using: &random)
            body.insert(contentsOf: body[index..<end], at: index)
        }
    }

    private func mutateHead(_ sample: inout Sample, _ random: inout SplitMix64) {
        let values = [
            "", " ", "=?base64?", "=?base64??=", ";", ",", "*/*", "\u{0}", "é", "2025-06-18", "tools/list", ":",
        ]
        guard let index = sample.headers.indices.randomElement(using: &random) else { return }
        let field = sample.headers[index]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: sample.headers.remove(at: index)
        case 1: sample.headers.append(field)
        case 2: sample.headers[index] = HeaderField(field.name.uppercased(), field.value + " ")
        default: sample.headers[index] = HeaderField(field.name, values.randomElement(using: &random) ?? "")
        }
    }
}
