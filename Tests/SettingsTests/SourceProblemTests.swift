import Testing

@Suite struct SourceProblemTests {
    @Test(arguments: Self.cases) func `is located and explained`(_ problem: ProblemCase) throws {
        try problem.check()
    }

    private static let listed = "bucket: read, scope: { bound: { tenant_id: tenant } }"
    private static let cases: [ProblemCase] = [
        ProblemCase(
            "    openapi: shop.yaml\n", "",
            "9: 'openapi' is missing"),
        ProblemCase(
            "openapi: shop.yaml", "openapi: shops.yaml",
            "10: the file cannot be read | Paths are relative to the configuration file. A file has at most 64 MiB."),
        ProblemCase(
            "openapi: shop.yaml", "openapi: sallyport.yaml",
            "10: the document cannot be used: the document names no version of OpenAPI | Start it with openapi: 3.1.0, or swagger: \"2.0\"."
        ),
        ProblemCase(
            "openapi: shop.yaml", "openapi: [shop.yaml]",
            "10: this must be text, not a list"),
        ProblemCase(
            "  shop:\n", "  My Shop:\n",
            "9: a source's name is made of a–z, 0–9, - and _"),
        ProblemCase(
            "    url: https://shop.example\n", "",
            "9: 'url' is missing"),
        ProblemCase(
            "url: https://shop.example", "url: ftp://shop.example",
            "11: this is no usable base URL: must start with http:// or https:// | Write https://host[:port][/path]."),
        ProblemCase(
            "url: https://shop.example", "url: https://user@shop.example",
            "11: this is no usable base URL: must not carry a user name or password | Write https://host[:port][/path]."
        ),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example?a=1",
            "11: this is no usable base URL: must not have a query | Write https://host[:port][/path]."),
        ProblemCase(
            "url: https://shop.example", "url: http://0x7f.1",
            "11: this is no usable base URL: an IPv4 address is written as four decimal numbers | Write https://host[:port][/path]."
        ),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    allow-addresses: [10.0.0.0/33]",
            "12: this is no address range | Write for example 10.0.0.0/8 or 127.0.0.1/32."),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    allow-addresses: 10.0.0.0/8",
            "12: this must be a list, not a string"),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    time-limit: 10",
            "12: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 300s"),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    time-limit: 2h",
            "12: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 300s"),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    time-limt: 10s",
            "12: unknown key 'time-limt' | Did you mean 'time-limit'? Known here: openapi, url, allow-addresses, time-limit, trust-roots, credential, owner, tools, breaker, privacy."
        ),
        ProblemCase(
            "url: https://shop.example",
            "url: https://shop.example\n    breaker: { failures: 0, within: 1m, rest: 10s }",
            "12: this must be a whole number from 1 to 1000"),
        ProblemCase(
            "url: https://shop.example", "url: https://shop.example\n    breaker: { failures: 5, within: 1m }",
            "12: 'rest' is missing"),
        ProblemCase(
            "as: bearer", "as: cookie",
            "12: this does not say where the credential goes | Use bearer, basic, { header: NAME } or { query: NAME }.",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "as: bearer", "as: { headr: X-Key }",
            "12: this does not say where the credential goes | Use bearer, basic, { header: NAME } or { query: NAME }.",
            "12: unknown key 'headr' | Did you mean 'header'? Known here: header, query.",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "as: bearer", "as: { header: \"X-Key: 1\" }",
            "12: this is no name of a header field",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { idempotency-header: Our Key, bucket: write",
            "15: this is no name of a header field"),
        ProblemCase(
            "per: user }", "per: tenant }",
            "12: this must be one of: user, source",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "per: user }", "per: source }",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "secret: shop, ", "",
            "12: 'secret' is missing",
            "15: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "    credential: { secret: shop, as: bearer, per: user }\n", "",
            "14: the source has no per-user credential | Give the source a 'credential' with 'per: user'."),
        ProblemCase(
            "list_orders: { bucket", "list_order: { bucket",
            "14: the document has no operation that makes a tool 'list_order' | The nearest name is 'list_orders'."),
        ProblemCase(
            "list_orders: { \(listed) }", "list_orders: read",
            "14: this must be a mapping, not a string"),
        ProblemCase(
            "list_orders: { \(listed) }", "list_orders: { scope: { bound: { tenant_id: tenant } } }",
            "14: 'bucket' is missing"),
        ProblemCase(
            listed, "bucket: reads, scope: { bound: { tenant_id: tenant } }",
            "14: this must be one of: read, write, never"),
        ProblemCase(
            listed, "bucket: read, scope: { bound: { tenant: tenant } }",
            "14: the tool has no argument 'tenant'"),
        ProblemCase(
            listed, "bucket: read, scope: { bound: { tenant_id: organisation } }",
            "14: nothing is bound | Write { bound: { argument: tenant } }.",
            "14: this must be one of: user, agent, tenant"),
        ProblemCase(
            listed, "bucket: read, scope: { bound: {} }",
            "14: nothing is bound | Write { bound: { argument: tenant } }."),
        ProblemCase(
            listed, "bucket: read, scope: everybody",
            "14: this is no scope | Use user-credential, { bound: { argument: tenant } }, { service-wide: \"reason\" } or undeclared."
        ),
        ProblemCase(
            listed, "bucket: read, scope: { service-wide: \"\" }",
            "14: this must be text, not empty"),
        ProblemCase(
            listed, "bucket: read, scope: { service-wide: why, bound: { tenant_id: tenant } }",
            "14: a tool is either bound or service-wide | Remove one of them."),
        ProblemCase(
            listed, "bucket: read, scope: { bounds: { tenant_id: tenant } }",
            "14: nothing is bound | Write { bound: { argument: tenant } }.",
            "14: unknown key 'bounds' | Did you mean 'bound'? Known here: bound, service-wide."),
        ProblemCase(
            listed, listed + ", answer: all",
            "14: showing undeclared fields needs a 'reason'"),
        ProblemCase(
            listed, listed + ", answer: some",
            "14: this must be one of: declared, all"),
        ProblemCase(
            listed, listed + ", ower: me",
            "14: unknown key 'ower' | Did you mean 'owner'? Known here: bucket, scope, owner, reason, answer, idempotency-header, secret-arguments, records, sentence, instead, undo."
        ),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { bucket: read",
            "15: bucket read is looser than the suggested write (name says \"create\"; method POST; description begins with \"create\"; credential: body has \"door_code\"; financial: body has \"amount\") | Add a 'reason', or leave it at write."
        ),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { reason: it only looks so, bucket: read"),
        ProblemCase(
            "delete_order: { bucket: never }", "delete_order: { bucket: write, scope: user-credential }"),
        ProblemCase(
            "delete_order: { bucket: never }", "export_all: { bucket: read, scope: user-credential }",
            "16: bucket read is looser than the suggested never (method GET; although name says \"export\"; bulk: name says \"export\") | Add a 'reason', or leave it at never."
        ),
        ProblemCase(
            "delete_order: { bucket: never }", "delete_order: { bucket: never }\n      delete_order: { bucket: write }",
            "17: 'delete_order' is given twice | Remove one of them."),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { sentence: \"Order {amuont}\", bucket: write",
            "15: the tool has no argument 'amuont' | The nearest name is 'amount'. What the record holds now is {old.amuont}."
        ),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { sentence: \"Order {amount\", bucket: write",
            "15: its braces do not match"),
        ProblemCase(
            "create_order: { bucket: write", "create_order: { secret-arguments: {}, bucket: write",
            "15: this must be a list, not a mapping"),
    ]
}
