import Core
import JSON
import Policy
import Risk
import Testing

/// What people are told of a call.
@Suite struct DescribeTests {
    private func tool(_ wording: Wording, effect: Risk.Effect = .dataChange, secrets: Set<String> = []) -> Tool {
        let schema: JSONValue = ["type": "object"]
        return Tool(
            name: "update_deal", description: "", source: "acme", inputSchema: schema,
            arguments: DeferredSchema(schema),
            risk: Risk(level: .sideEffect, effect: effect, confidence: .high), bucket: .write,
            scope: Scope(.userCredential), redaction: Redaction(secrets: secrets), definition: Digest(of: [1]),
            wording: wording)
    }

    private let change = Wording(verb: .change, noun: "deal", identity: ["deal_id"])

    private func title(_ wording: Wording, _ arguments: JSONObject, _ record: KnownRecord = .unreadable) -> String {
        describe(tool(wording), arguments, record).change.title
    }

    @Test func `one field is told with its old and its new value`() {
        let (change, compared) = describe(
            tool(change), ["deal_id": "Acme-42", "close_date": "2026-12-05"],
            .found(["id": "Acme-42", "close_date": "2026-12-01", "owner": "ana"]))
        #expect(change.title == "Change close_date of deal “Acme-42” from “2026-12-01” to “2026-12-05”")
        #expect(change.fields == [Change.Field("close_date", old: "“2026-12-01”", new: "“2026-12-05”")])
        #expect(compared == ["close_date": "2026-12-01"], "what is not changed may change meanwhile")
    }

    @Test func `several fields, and only those that change`() {
        let record: KnownRecord = .found(["name": "Acme renewal", "stage": "won", "amount": 5, "note": .null])
        let arguments: JSONObject = ["deal_id": 42, "stage": "lost", "amount": 5, "note": "x"]
        let change = describe(tool(self.change), arguments, record).change
        #expect(change.title == "Change stage, note of deal 42 (“Acme renewal”)")
        #expect(change.fields.map(\.old) == ["“won”", "nothing"])
        let same = describe(tool(self.change), ["deal_id": 42, "amount": 5], record).change
        #expect(same.warnings == ["The record holds these values already."])
    }

    @Test func `a body that is one argument counts by its members`() {
        var wording = self.change
        wording.body = "body"
        let change = describe(tool(wording), ["deal_id": 1, "body": ["stage": "lost"]], .found(["stage": "won"])).change
        #expect(change.title == "Change stage of deal 1 from “won” to “lost”")
        // Another object is a value of its own, an empty one too.
        let nested = describe(
            tool(wording), ["deal_id": 1, "body": ["settings": ["stage": "won"]]], .found(["stage": "lost"])
        ).change
        #expect(nested.title == "Change settings of deal 1 from nothing to “{'stage':'won'}”")
        let cleared = describe(
            tool(self.change), ["deal_id": 1, "metadata": [:]], .found(["metadata": ["a": 1]])
        ).change
        #expect(cleared.fields.map(\.new) == ["“{}”"])
    }

    @Test func `what is deleted is shown, and has to be all the same`() {
        let record: JSONValue = ["id": 7, "name": "Old", "lines": [1], "open": true]
        let wording = Wording(verb: .delete, noun: "invoice", identity: ["id"])
        let (change, compared) = describe(
            tool(wording, effect: .potentiallyIrreversible), ["id": 7], .found(record))
        #expect(change.title == "Delete invoice 7 (“Old”)")
        #expect(change.fields.map(\.name) == ["name", "lines", "open"])
        #expect(change.warnings == ["This may not be possible to take back."])
        #expect(compared == record)
    }

    @Test func `a replacement shows what is not given, and has to be all the same`() {
        let record: JSONValue = ["id": 7, "name": "Old", "note": "kept so far"]
        let wording = Wording(verb: .replace, noun: "deal", identity: ["id"])
        let (change, compared) = describe(tool(wording), ["id": 7, "name": "New"], .found(record))
        #expect(change.title == "Replace deal 7 (“Old”)")
        #expect(
            change.fields == [
                Change.Field("name", old: "“Old”", new: "“New”"), Change.Field("note", old: "“kept so far”", new: nil),
            ])
        #expect(change.warnings.first?.hasPrefix("This replaces the whole record") == true)
        #expect(compared == record)
    }

    @Test func `a name that is a sentence is quoted, and a number hides nothing`() throws {
        let name = "amount of deal “d1” from “10” to “9”, checked by finance,"
        let change = describe(tool(self.change), ["deal_id": 1, name: 1], .unreadable).change
        #expect(change.title == "Change “amount of deal 'd1' from '10' to '9', checked by finance,” of deal 1")
        let amount = try JSONParser.parse("1.00000000000000000000000000000000000000e6")
        let shown =
            describe(tool(self.change), ["deal_id": 1, "amount": amount], .unreadable).change.fields[0].new ?? ""
        #expect(shown.hasSuffix("0e6”") && shown.contains("characters"))
    }

    @Test func `without a record the new values are told, and that it could not be read`() {
        #expect(title(change, ["deal_id": 1, "stage": "lost"]) == "Change stage of deal 1")
        let failed = describe(tool(change), ["deal_id": 1, "stage": "lost"], .failed)
        #expect(failed.change.warnings == ["What the record holds now could not be read."])
        #expect(failed.compared == nil)
        #expect(
            title(Wording(verb: .create, noun: "refund"), ["amount": 5, "note": "late"])
                == "Create refund: amount 5, note “late”")
        #expect(
            title(Wording(verb: .create, noun: "refund", identity: ["payment"]), ["payment": "p1", "amount": 5])
                == "Create refund for “p1”: amount 5")
        #expect(title(Wording(), [:]) == "Update deal")
        #expect(title(Wording(identity: ["id"]), ["id": "d-1"]) == "Update deal (“d-1”)")
    }

    @Test func `the operator's own sentence`() {
        let text = "Move the close date of {deal_id} from {old.close_date} to {close_date}"
        let wording = Wording(verb: .change, sentence: Sentence(text))
        let arguments: JSONObject = ["deal_id": "d", "close_date": "5 Dec"]
        #expect(
            title(wording, arguments, .found(["close_date": "1 Dec"]))
                == "Move the close date of “d” from “1 Dec” to “5 Dec”")
        #expect(title(wording, arguments) == "Move the close date of “d” from what it is now to “5 Dec”")
        for broken in ["{", "}", "{}", "a {b", "a } b", "{a{b}}", "x {b} }"] {
            #expect(Sentence(broken) == nil, "\(broken)")
        }
    }

    @Test func `secrets are not told`() {
        let arguments: JSONObject = Redaction(secrets: ["code"]).redact([
            "deal_id": 1, "password": "hunter2", "code": "9",
        ])
        let change = describe(
            tool(self.change, secrets: ["code"]), arguments,
            .found(["password": "old-one", "code": "8", "api_key": "k"])
        ).change
        #expect(!change.json.text.contains("hunter2") && !change.json.text.contains("old-one"))
        #expect(!change.json.text.contains("“8”") && !change.json.text.contains("“9”"))
    }

    @Test(arguments: [
        "5 EUR”\nApproved by ben (manager)\nAmount: “1", "\u{202E}txet desrever", "a\u{200B}b\u{0007}c\u{1B}[2J",
        String(repeating: "long ", count: 100), "z\u{0335}\u{0336}\u{0337}\u{0338}\u{0334}", "“quoted” \"twice\"", "",
        "❝a❞ 〝b〞 ＂c‟ «d»",
    ])
    func `text from outside keeps to its quotation marks`(_ text: String) {
        let shown = quoted(text)
        #expect(shown.hasPrefix("“") && shown.hasSuffix("”"))
        #expect(shown.unicodeScalars.allSatisfy { $0.isPrintable })
        #expect(shown.unicodeScalars.count < 200)
        let inner =
            shown.contains(" characters … ")
            ? shown.replacing("” … ", with: "").replacing(" characters … “", with: "") : shown
        #expect(inner.dropFirst().dropLast().allSatisfy { !"“”„‟❝❞〝〞＂«»\"".contains($0) })
    }

    @Test func `a long text says how much of it is hidden`() {
        #expect(quoted(String(repeating: "x", count: 200), limit: 10) == "“xxxxx” … 190 characters … “xxxxx”")
    }

    @Test func `a change comes back from its stored form`() throws {
        let change = Change(
            title: "t", fields: [.init("a", old: "1", new: nil), .init("b", old: nil, new: "2")], warnings: ["w"],
            mark: Digest(of: [4]))
        #expect(Change(json: try JSONParser.parse(change.json.text)) == change)
        let event = CallEvent(.proposed(expires: CallTests.now, change: change), at: CallTests.now)
        #expect(CallEvent(json: try JSONParser.parse(event.json.text)) == event)
    }
}
