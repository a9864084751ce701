import Testing

@testable import Risk

@Suite struct WordsTests {
    @Test(arguments: [
        ("getDeletedItems", ["get", "deleted", "items"]), ("get-deleted-items", ["get", "deleted", "items"]),
        ("GET_DELETED_ITEMS", ["get", "deleted", "items"]), ("getHTTPSUrl", ["get", "https", "url"]),
        ("IAMRole", ["iam", "role"]), ("userIDs", ["user", "ids"]),
        ("users.messages/list", ["users", "messages", "list"]),
        ("UnArchive", ["unarchive"]), ("log_in", ["login"]), ("setUp", ["setup"]),
        ("create_api_key", ["create", "apikey"]),
        ("OAuth2Token", ["oauth2", "token"]), ("listusers", ["list", "users"]), ("settings", ["settings"]),
        ("", []), ("__--..", []), ("  spaced  out ", ["spaced", "out"]),
    ])
    func `a name is split into words`(name: String, expected: [String]) {
        #expect(words(of: name).map(\.text) == expected)
    }

    @Test(arguments: [
        ("deletes", "delete"), ("deleted", "delete"), ("deleting", "delete"), ("copies", "copy"), ("purged", "purge"),
        ("dropped", "drop"), ("sent", "send"), ("written", "write"), ("fetches", "fetch"), ("submitted", "submit"),
    ])
    func `the lexicon knows the forms of a verb`(form: String, verb: String) {
        #expect(Lexicon.shared[form]?.lemma == verb)
    }

    @Test(arguments: [
        ("Call `/items/create` first.", ["call", "first"]),
        ("Sent to /items/delete, then kept", ["sent", "to", "then", "kept"]),
        ("Create/update it", ["create", "update", "it"]), ("Lists / filters", ["lists", "filters"]),
        ("<p>Lists.</p>Deletes", ["p", "lists", "deletes"]),
        ("Get /Update the item", ["get", "update", "the", "item"]),
        ("List item(s)/delete item", ["list", "item", "s", "delete", "item"]),
        ("Gets /a/b, deletes it", ["gets", "deletes", "it"]), ("Sent to `/teams`.", ["sent", "to"]),
    ])
    func `addresses in a text are no words`(text: String, expected: [String]) {
        #expect(textWords(text).map(\.text) == expected)
    }

    @Test func `every little word plays its role`() {
        for (role, words) in Lexicon.roles {
            for word in words.split(whereSeparator: \.isWhitespace) {
                #expect(Lexicon.shared[String(word)]?.role != nil, "\(word) as \(role)")
            }
        }
    }

    @Test func `long text is looked at up to a bound`() {
        let text = String(repeating: "word ", count: 1_000_000)
        #expect(textWords(text).count <= 110)
        #expect(words(of: text).count <= 40)
    }
}
