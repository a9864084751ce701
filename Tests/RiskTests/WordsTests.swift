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

    @Test func `long text is looked at up to a bound`() {
        let text = String(repeating: "word ", count: 1_000_000)
        #expect(textWords(text).count <= 110)
        #expect(words(of: text).count <= 40)
    }
}
