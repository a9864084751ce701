import Testing

@Suite struct TopProblemTests {
    @Test(arguments: Self.cases) func `is located and explained`(_ problem: ProblemCase) throws {
        try problem.check()
    }

    private static let cases: [ProblemCase] = [
        ProblemCase(
            "version: 1\n", "version: 2\n",
            "1: this version of the format is not known | Write version: 1."),
        ProblemCase(
            "version: 1\n", "version: \"1\"\n",
            "1: this version of the format is not known | Write version: 1."),
        ProblemCase(
            "version: 1\n", "",
            "1: 'version' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "lisen: 127.0.0.1:8080",
            "2: unknown key 'lisen' | Did you mean 'listen'? Known here: version, listen, resource, data, hosts, origins, tls, issuers, people, sources, policy, limits, reread-sources, notify, pages, mail, log, database, observe."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "colour: blue",
            "2: unknown key 'colour' | Known here: version, listen, resource, data, hosts, origins, tls, issuers, people, sources, policy, limits, reread-sources, notify, pages, mail, log, database, observe."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { rates: [{ id: a, per: robot, calls: 1, every: 1m }] }",
            "2: this must be one of: agent, user, tenant, tool, all"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { rates: [{ id: a, per: agent, calls: 0, every: 1m }] }",
            "2: this must be a whole number from 1 to 1000000"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { rates: [{ id: a, per: agent, calls: 5 }] }", "2: 'every' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { budgets: [{ id: a, per: user, in: day, of: money, most: 5 }] }",
            "2: 'currency' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: user, in: day, of: money, most: 5, currency: EUR }] }",
            "2: 'count' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { budgets: [{ id: a, per: user, in: week, of: calls, most: 5 }] }",
            "2: this must be one of: conversation, hour, day"),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: all, in: conversation, of: calls, most: 5 }] }",
            "2: a conversation is one of an agent for a user: write agent or user"),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: all, in: day, of: calls, most: 5, count: ids }] }",
            "2: a call counts as one"),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: all, in: day, of: deletions, most: 5, currency: EUR }] }",
            "2: 'currency' belongs to budgets of money"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { budgets: [{ id: a, per: all, in: day, of: deletions, most: 0 }] }",
            "2: this must be a whole number from 1 to 1000000000000"),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: all, in: day, of: calls, most: 5 }, { id: a, per: user, in: day, of: calls, most: 5 }] }",
            "2: two budgets have the id 'a' | Give each budget its own id."),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { budgets: [{ id: a, per: all, in: day, of: calls, most: 5, tools: [list_order] }] }",
            "2: no source has a tool 'list_order' | The nearest name is 'list_orders'."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "limits: { rate: [] }",
            "2: unknown key 'rate' | Did you mean 'rates'? Known here: rates, budgets."),
        ProblemCase(
            "listen: 127.0.0.1:8080",
            "limits: { rates: [{ id: a, per: all, calls: 5, every: 1m }, { id: a, per: all, calls: 5, every: 1h }] }",
            "2: two rates have the id 'a' | Give each rate its own id."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "reread-sources: never",
            "2: this must be a time such as 30s, 10m, 1h or 7d, from 10s to 86400s"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ webhook: \"http://127.0.0.1/x\", secret: s }]",
            "2: this is no address to send to | Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ webhook: \"https://u:p@a.example/x\", secret: s }]",
            "2: this is no address to send to | Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ webhook: \"https://a.example/x\" }]", "2: 'secret' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ webhook: \"https://a.example/x\", secret: s, token: t }]",
            "2: unknown key 'token' | Known here: webhook, secret, allow-loopback, about, as, replies."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"http://gate.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"https://gate.example/x\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"https://u@gate.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"HTTPS://gate.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"https://Gate.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"gate.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"http://localhost.evil.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"http://127.0.0.1.evil.example\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase(
            "listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"https://gate.example?x\" }",
            "2: this is no origin that people could sign in at | Write https://host[:port] in lower case, without a path; plain http is for localhost only."
        ),
        ProblemCase("listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"https://gate.example/\" }"),
        ProblemCase("listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9, url: \"http://localhost:9\" }"),
        ProblemCase(
            "ben: { roles: [manager] }",
            "ben: { roles: [manager], subjects: [a1] }\n  eve: { roles: [x], subjects: [a1] }",
            "8: 'a1' names 'ben' as well"),
        ProblemCase(
            "ben: { roles: [manager] }", "ben: { roles: [manager] }\n  eve: { roles: [x], subjects: [ben] }",
            "8: 'ben' names 'ben' as well"),
        ProblemCase("listen: 127.0.0.1:8080", "pages: { listen: 127.0.0.1:9 }", "2: 'url' is missing"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ mail: sec@a.example }]",
            "2: no mail leaves here | Add 'mail: { server: …, from: … }'."),
        ProblemCase(
            "ben: { roles: [manager] }", "ben: { roles: [manager], mail: 'Ben <ben@a.example>' }",
            "7: this is no mail address | Write it bare, such as ben@example.com.",
            "7: no mail leaves here | Add 'mail: { server: …, from: … }'."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "mail: { server: mail.example, from: a@a.example }",
            "2: this is no mail server | Write host:port, such as smtp.example.com:587."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "mail: { server: 'mail.example:25', from: a@a.example, security: none }",
            "2: mail to another machine is not sent in the clear | Use starttls or implicit."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "mail: { server: 'mail.example:587', from: a@a.example, user: x }",
            "2: 'user' and 'secret' belong together"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "mail: { server: '127.0.0.1:25', from: a@a.example, security: none }", []),
        ProblemCase(
            "listen: 127.0.0.1:8080", "notify: [{ webhook: \"https://a.example/x\", secret: s, about: [money] }]",
            "2: this must be one of: findings, approvals, checkpoints"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "listen: 127.0.0.1",
            "2: this is no address to listen on | Write host:port, such as 127.0.0.1:8080."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "listen: 127.0.0.1:99999",
            "2: this is no address to listen on | Write host:port, such as 127.0.0.1:8080."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "listen: http://127.0.0.1:8080",
            "2: this is no address to listen on | Write host:port, such as 127.0.0.1:8080."),
        ProblemCase(
            "listen: 127.0.0.1:8080", "listen: 8080",
            "2: this must be text, not a number"),
        ProblemCase(
            "listen: 127.0.0.1:8080", "listen: 127.0.0.1:8080\nlisten: 127.0.0.1:8081",
            "3: 'listen' is given twice | Remove one of them."),
        ProblemCase(
            "resource: http://127.0.0.1:8080/mcp", "resource: gateway.example/mcp",
            "3: this is no absolute URI without query and fragment | Write the URL that agents use, such as https://gateway.example/mcp."
        ),
        ProblemCase(
            "resource: http://127.0.0.1:8080/mcp", "resource: https://gateway.example/mcp#x",
            "3: this is no absolute URI without query and fragment | Write the URL that agents use, such as https://gateway.example/mcp."
        ),
        ProblemCase(
            "resource: http://127.0.0.1:8080/mcp", "resource: https://",
            "3: this is no absolute URI without query and fragment | Write the URL that agents use, such as https://gateway.example/mcp."
        ),
        ProblemCase(
            "resource: http://127.0.0.1:8080/mcp", "resource: https://gateway.example/mcp?a=b",
            "3: this is no absolute URI without query and fragment | Write the URL that agents use, such as https://gateway.example/mcp."
        ),
        ProblemCase(
            "resource: http://127.0.0.1:8080/mcp", "resource: \"\"",
            "3: this must be text, not empty"),
        ProblemCase(
            "issuers:\n  - local: true\n", "",
            "1: nobody vouches for users | Add 'issuers: [{ local: true }]'."),
        ProblemCase(
            "issuers:\n  - local: true", "issuers: local",
            "4: this must be a list, not a string"),
        ProblemCase(
            "  - local: true", "  - local: \"yes\"",
            "5: this must be true or false",
            "5: 'issuer' is missing"),
        ProblemCase(
            "  - local: true", "  - { local: true, audience: x }",
            "5: 'audience' does not go with 'local: true'"),
        ProblemCase(
            "  - local: true", "  - local: true\n  - local: true",
            "6: the issuer 'sallyport-local' is given twice"),
        ProblemCase(
            "  - local: true", "  - { issuer: https://idp.example }",
            "5: 'jwks' is missing"),
        ProblemCase(
            "  - local: true", "  - { issuer: https://idp.example, jwks: http://idp.example/keys }",
            "5: keys are fetched over https only | Plain http takes 'allow-loopback: true'."),
        ProblemCase(
            "  - local: true",
            "  - { issuer: https://idp.example, jwks: https://idp.example/keys, algorithms: [none] }",
            "5: this must name one or more known algorithms | Known: ES256, ES384, RS256, PS256, EdDSA."),
        ProblemCase(
            "  - local: true", "  - { issuer: https://idp.example, jwks: https://idp.example/keys, algorithms: [] }",
            "5: this must name one or more known algorithms | Known: ES256, ES384, RS256, PS256, EdDSA."),
        ProblemCase(
            "  - local: true",
            "  - { issuer: https://idp.example, jwks: https://idp.example/keys, claims: { tennant: org } }",
            "5: unknown key 'tennant' | Did you mean 'tenant'? Known here: tenant, roles, agent."),
        ProblemCase(
            "  ben: { roles: [manager] }", "  ben: [manager]",
            "7: this must be a mapping, not a list"),
        ProblemCase(
            "  ben: { roles: [manager] }", "  ben: { role: [manager] }",
            "7: 'roles' is missing",
            "7: unknown key 'role' | Did you mean 'roles'? Known here: roles, subjects, mail."),
        ProblemCase(
            "  ben: { roles: [manager] }", "  ben: { roles: [manager], roles: [clerk] }",
            "7: 'roles' is given twice | Remove one of them."),
        ProblemCase(
            "people:", "tls: { certificate: cert.pem }\npeople:",
            "6: 'key' is missing"),
        ProblemCase(
            "people:", "hosts: { a: b }\npeople:",
            "6: this must be a list, not a mapping"),
    ]
}
