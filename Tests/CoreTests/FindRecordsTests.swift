import Core
import JSON
import Risk
import TestSupport
import Testing

@Suite struct FindRecordsTests {
    @Test(arguments: [
        (#"{"id":"deal_1","owner":{"id":"u"}}"#, ["deal_1"]), (#"[{"id":1},{"id":2},{"id":1}]"#, ["1", "2"]),
        (#"{"items":[{"id":"a","x":[{"id":"no"}]},{"id":"b"}],"next":"c"}"#, ["a", "b"]),
        (#"{"data":{"id":"d"}}"#, ["d"]), (#"{"other":{"id":"d"}}"#, []), ("{}", []), ("[]", []), ("null", []),
        (#"{"text":"{\"id\":\"x\"}","id":"real"}"#, ["real"]), (#""id""#, []), (#"{"id":null}"#, []),
    ])
    func `identities are found in the usual places`(text: String, expected: [String]) {
        #expect(findRecords(in: Array(text.utf8)) == expected)
    }

    @Test func `a declared path is followed and nothing else`() throws {
        let text = Array(#"{"orders":[{"number":7,"id":"x","lines":[{"number":8}]},{"number":9}]}"#.utf8)
        #expect(findRecords(in: text, at: IdentityPath("orders.*.number")) == ["7", "9"])
        #expect(findRecords(in: text, at: IdentityPath("orders.*.number"), limit: 1) == ["7"])
        for path in ["", ".", "a..b"] { #expect(IdentityPath(path) == nil) }
    }

    @Test(arguments: 0..<100)
    func `no text traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = Array(#"{}[]",:\idab01-"#.utf8)
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in parts.randomElement(using: &random) ?? 0 }
        _ = findRecords(in: bytes)
    }

    @Test func `arguments name records where the answer does not`() {
        let arguments: JSONObject = ["dealId": "d1", "order_id": 5, "id": "x", "paid": "no", "valid": true]
        #expect(arguments.recordNames == ["d1", "5", "x"])
    }

    @Test func `what is at stake is read from arguments by their names`() {
        let financial = Risk(level: .critical, categories: [.financial], effect: .dataChange, confidence: .high)
        let arguments: JSONObject = ["paymentId": "pay_1", "amount": 500, "currency": "EUR", "note": "x"]
        #expect(
            Stakes(of: arguments, financial) == Stakes(amount: "500", currency: "EUR", counterparty: "pay_1"))
        #expect(Stakes(of: ["note": "x"], financial) == nil)
        let plain = Risk(level: .sideEffect, categories: [], effect: .dataChange, confidence: .high)
        #expect(Stakes(of: arguments, plain) == nil)
    }
}
