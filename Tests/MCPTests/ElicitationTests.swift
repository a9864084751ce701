import JSON
import Testing

@testable import MCP

/// What clients are asked for their users, and what they answer.
@Suite struct ElicitationTests {
    @Test(arguments: [
        (#"{}"#, false, false, false),
        (#"{"elicitation":{}}"#, false, false, true),
        (#"{"elicitation":{"form":{}}}"#, false, false, true),
        (#"{"elicitation":{"url":{}}}"#, false, true, false),
        (#"{"elicitation":{"url":{},"form":{}}}"#, false, true, true),
        (#"{"elicitation":null}"#, false, false, false),
        (#"{"elicitation":{"url":true}}"#, false, false, false),
        (#"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#, true, false, false),
        (#"{"extensions":{"io.modelcontextprotocol/tasks":true}}"#, false, false, false),
        (#"{"tasks":{}}"#, false, false, false),
    ])
    func `abilities are what is declared`(_ text: String, tasks: Bool, links: Bool, forms: Bool) throws {
        let abilities = ClientAbilities(try #require(try JSONParser.parse(text).object))
        #expect(abilities.pollsTasks == tasks)
        #expect(abilities.opensLinks == links)
        #expect(abilities.showsForms == forms)
    }

    @Test func `each revision has its own form`() {
        let link = Elicitation.link(url: "https://gw.test/a", message: "Look", id: "c-1")
        #expect(
            JSONValue.object(link.params(in: .v2026_07_28)).text
                == #"{"mode":"url","url":"https://gw.test/a","message":"Look"}"#)
        #expect(
            JSONValue.object(link.params(in: .v2025_11_25)).text
                == #"{"mode":"url","url":"https://gw.test/a","message":"Look","elicitationId":"c-1"}"#)
        let form = Elicitation.confirmation(message: "Do it?")
        #expect(form.params(in: .v2025_06_18)["mode"] == nil)
        #expect(form.params(in: .v2025_11_25)["mode"] == "form")
        #expect(form.params(in: .v2025_06_18)["requestedSchema"]?["properties"]?["confirm"]?["type"] == "boolean")
    }

    @Test(arguments: [
        (#"{"action":"accept","content":{"confirm":true}}"#, ElicitationAnswer.accepted),
        (#"{"action":"accept","content":{"confirm":false}}"#, .dismissed),
        (#"{"action":"accept","content":{"confirm":"true"}}"#, .dismissed),
        (#"{"action":"accept","content":{"confirm":1}}"#, .dismissed),
        (#"{"action":"accept"}"#, .dismissed),
        (#"{"action":"decline","content":{"confirm":true}}"#, .declined),
        (#"{"action":"cancel"}"#, .dismissed),
        (#"{"action":"ACCEPT","content":{"confirm":true}}"#, .dismissed),
        (#"{}"#, .dismissed), (#"true"#, .dismissed),
    ])
    func `only a tick is a yes`(_ text: String, answer: ElicitationAnswer) throws {
        #expect(ElicitationAnswer(try JSONParser.parse(text), to: .confirmation(message: "?")) == answer)
    }

    @Test func `opening a link needs no tick`() {
        let link = Elicitation.link(url: "https://gw.test/a", message: "Look", id: "c-1")
        #expect(ElicitationAnswer(["action": "accept"], to: link) == .accepted)
        #expect(ElicitationAnswer(["action": "decline"], to: link) == .declined)
        #expect(ElicitationAnswer(nil, to: link) == .dismissed)
    }

    @Test func `legacy answers reach whoever asked, modern ones are refused`() {
        for era in Era.allCases {
            var sample = Sample(era)
            sample.message = ["jsonrpc": "2.0", "id": "q-1", "result": ["action": "accept"]]
            let reading = Ladder.forTests.read(sample.head, body: sample.body)
            switch era {
            case .legacy:
                guard case .answered(let id, let result) = reading else {
                    Issue.record("\(reading)")
                    continue
                }
                #expect(id == RequestID("q-1"))
                #expect(result == ["action": "accept"])
            case .modern: #expect(reading.refusal?.code == .invalidRequest)
            }
        }
        var failed = Sample(.legacy)
        failed.message = ["jsonrpc": "2.0", "id": "q-1", "error": ["code": -1, "message": "no"]]
        guard case .answered(_, nil) = Ladder.forTests.read(failed.head, body: failed.body) else {
            Issue.record("an error is no answer")
            return
        }
    }

    @Test func `tasks are methods of the modern era, mirrored in a header`() throws {
        var sample = Sample(.modern, method: "tasks/get", params: ["taskId": "t-1"])
        #expect(Ladder.forTests.read(sample.head, body: sample.body).refusal?.code == .headerMismatch)
        sample.set("Mcp-Name", "t-1")
        guard case .getTask("t-1")? = Ladder.forTests.read(sample.head, body: sample.body).exchange?.method else {
            Issue.record("no task")
            return
        }
        let legacy = Sample(.legacy, method: "tasks/get", params: ["taskId": "t-1"])
        #expect(Ladder.forTests.read(legacy.head, body: legacy.body).refusal?.code == .methodNotFound)
        for params: JSONObject in [[:], ["taskId": 7]] {
            let wrong = Sample(.modern, method: "tasks/cancel", params: params)
            #expect(Ladder.forTests.read(wrong.head, body: wrong.body).refusal?.code == .invalidParams)
        }
    }
}
