import JSON
import Testing

@testable import Evidence

@Suite struct SightTests {
    private let opened: JSONObject = [
        "at": 1, "event": "opened", "user": "ana", "tool": "create_refund", "arguments": ["amount": 7],
        "stakes": ["amount": "7"], "digest": "ab", "new_member": "secret",
    ]

    @Test func `who may see metadata sees nothing of what was in a call`() {
        #expect(Sight.metadata.shown(opened).map(\.key) == ["at", "event", "user", "tool"])
        let settled: JSONObject = ["event": "settled", "outcome": "result", "records": ["a", "b"], "cause": "x"]
        #expect(Sight.metadata.shown(settled) == ["event": "settled", "outcome": "result", "record_count": 2])
        let act: JSONObject = ["act": "vault-put", "by": "ada", "details": ["name": "k"]]
        #expect(Sight.metadata.shown(act) == ["act": "vault-put", "by": "ada"])
        // What was asked for and is no tool may be any text.
        let guess: JSONObject = ["act": "call-refused", "by": "ana", "tool": "Jane Doe, born 1970"]
        #expect(Sight.metadata.shown(guess) == ["act": "call-refused", "by": "ana"])
        #expect(Sight.metadata.shown(["act": "call-refused", "tool": "get_deal"])["tool"] == "get_deal")
    }

    @Test func `of one's own calls everything but what is for the log only is seen`() {
        #expect(
            Sight.own.shown(opened).map(\.key) == ["at", "event", "user", "tool", "arguments", "stakes"])
        #expect(
            Sight.own.shown(["event": "settled", "cause": "x", "records": ["a"]]).map(\.key) == ["event", "records"])
    }

    @Test func `auditors see all`() {
        #expect(Sight.payload.shown(opened) == opened)
    }

    @Test func `what may not be seen may not be searched for`() {
        for field in ["text", "record", "currency", "counterparty"] {
            #expect(!Sight.metadata.maySearch(field))
            #expect(Sight.own.maySearch(field) && Sight.payload.maySearch(field))
        }
        #expect(Sight.metadata.maySearch("user"))
    }
}
