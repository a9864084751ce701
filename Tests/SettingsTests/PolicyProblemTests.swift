import Testing

@Suite struct PolicyProblemTests {
    @Test(arguments: Self.cases) func `is located and explained`(_ problem: ProblemCase) throws {
        try problem.check()
    }

    /// A test of the policy, in line 27.
    private static func tests(_ test: String, _ said: String...) -> ProblemCase {
        ProblemCase("approvers: [manager]", "approvers: [manager]\n  tests:\n    - " + test, said)
    }

    private static let read = "buckets: [read]"
    private static let cases: [ProblemCase] = [
        ProblemCase(
            "policy:\n  rules:\n", "policy:\n  rule:\n",
            "18: unknown key 'rule' | Did you mean 'rules'? Known here: rules, tests."),
        ProblemCase(
            "    - id: reads\n      effect", "    - effect",
            "19: 'id' is missing"),
        ProblemCase(
            "- id: writes", "- id: reads",
            "22: two rules have the id 'reads' | Give each rule its own id."),
        ProblemCase(
            "effect: allow", "effect: permit",
            "20: this must be one of: allow, ask, deny"),
        ProblemCase(
            read, "buckets: [reads]",
            "21: this must be one of: read, write, never"),
        ProblemCase(
            read, "tools: [list_order]",
            "21: no source has a tool 'list_order' | The nearest name is 'list_orders'."),
        ProblemCase(
            read, "sources: [shops]",
            "21: there is no source 'shops' | The nearest name is 'shop'."),
        ProblemCase(
            read, read + "\n      except: { tools: [creat_order] }",
            "22: no source has a tool 'creat_order' | The nearest name is 'create_order'."),
        ProblemCase(
            read, read + "\n      except: {}",
            "22: this excepts every tool, so that the rule never applies"),
        ProblemCase(
            read, read + "\n      levels: [harmless]",
            "22: this must be one of: read-only, side-effect, critical"),
        ProblemCase(
            read, read + "\n      categories: [money]",
            "22: this must be one of: financial, administrative, destructive, credential, communication, bulk, deployment"
        ),
        ProblemCase(
            read, read + "\n      roles: { sales: true }",
            "22: this must be a list, not a mapping"),
        ProblemCase(
            read, read + "\n      roles:",
            "22: 'roles' has no value | Give it one, or remove the line."),
        ProblemCase(
            read, read + "\n      when:",
            "22: 'when' has no value | Give it one, or remove the line."),
        ProblemCase(
            read, read + "\n      users: [5]",
            "22: this must be text, not a number"),
        ProblemCase(
            read, read + "\n      approvers: [manager]",
            "22: 'approvers' belongs to rules with effect ask"),
        ProblemCase(
            read, read + "\n      expires: 1h",
            "22: 'expires' belongs to rules with effect ask"),
        ProblemCase(
            "approvers: [manager]", "approvers: []",
            "22: nobody could approve: 'approvers' is empty"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      expires: tomorrow",
            "26: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 2592000s"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      expires: 31d",
            "26: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 2592000s"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      expires: 99999999999999999d",
            "26: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 2592000s"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      repeat: -1s",
            "26: this must be a time such as 30s, 10m, 1h or 7d, from 0s to 604800s"),
        ProblemCase(
            read, read + "\n      when: { argument: limit }",
            "22: nothing is asked of 'limit' | Use one of: equals, in, at-most, at-least, below, above, starts-with, present."
        ),
        ProblemCase(
            read, read + "\n      when: { at-most: 5 }",
            "22: 'argument' is missing"),
        ProblemCase(
            read, read + "\n      when: { argument: limit, at-most: \"5\" }",
            "22: nothing is asked of 'limit' | Use one of: equals, in, at-most, at-least, below, above, starts-with, present.",
            "22: this must be a number, not a string"),
        ProblemCase(
            read, read + "\n      when: { argument: limit, atmost: 5 }",
            "22: nothing is asked of 'limit' | Use one of: equals, in, at-most, at-least, below, above, starts-with, present.",
            "22: unknown key 'atmost' | Did you mean 'at-most'? Known here: argument, equals, in, at-most, at-least, below, above, starts-with, present."
        ),
        ProblemCase(
            read, read + "\n      when: { argument: limit, in: [] }",
            "22: nothing is in an empty list"),
        ProblemCase(
            read, read + "\n      when: { argument: limit, at-most: 5, in: [] }",
            "22: nothing is in an empty list"),
        ProblemCase(
            read, read + "\n      when: { argument: /a~2, present: true }",
            "22: '/a~2' is neither a name nor a JSON pointer"),
        ProblemCase(
            read, read + "\n      when: { time: { from: \"08:30\", to: \"25:00\" } }",
            "22: this must be a time of day in UTC such as \"08:30\""),
        ProblemCase(
            read, read + "\n      when: { time: { from: \"08:30\" } }",
            "22: 'to' is missing"),
        ProblemCase(
            read, read + "\n      when: []",
            "22: this list of conditions is empty"),
        ProblemCase(
            read, read + "\n      when: { any: [] }",
            "22: this list of conditions is empty"),
        ProblemCase(
            read, read + "\n      when: { any: [{ argument: limit, below: x }, 7] }",
            "22: nothing is asked of 'limit' | Use one of: equals, in, at-most, at-least, below, above, starts-with, present.",
            "22: this must be a number, not a string",
            "22: this must be a mapping, not a number"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      each: [finance, legal]",
            "22: 'approvers' and 'each' cannot stand together | Write two rules that ask: then what both demand is demanded."
        ),
        ProblemCase(
            "approvers: [manager]", "each: [finance, legal]\n      count: 2",
            "26: 'count' belongs to 'approvers'"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      count: 11",
            "26: this must be a whole number from 1 to 10"),
        ProblemCase(
            "approvers: [manager]", "confirm: self\n      count: 2",
            "25: 'create_order' cannot be taken back or reaches many records, so its user alone cannot confirm it | Name 'approvers', or leave it out with 'except'.",
            "26: 'count' belongs to 'approvers'"),
        ProblemCase(
            "approvers: [manager]", "confirm: agent", "25: this must be one of: self, client",
            "25: 'create_order' cannot be taken back or reaches many records, so its user alone cannot confirm it | Name 'approvers', or leave it out with 'except'."
        ),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      escalate: { after: 1h, to: [director] }",
            "26: the call expires before others may decide it"),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      haste: { approvals: 5, within: 1m }",
            "26: nothing is asked of whoever approves fast | Write either 'pause: 10s', 'then: typed' or 'then: second'."
        ),
        ProblemCase(
            "approvers: [manager]", "approvers: [manager]\n      haste: { approvals: 5, within: 1m, then: sleep }",
            "26: this must be one of: typed, second"),
        ProblemCase(
            "effect: allow", "effect: allow\n      break-glass: [boss]",
            "21: 'break-glass' belongs to rules with effect ask"),
        ProblemCase("approvers: [manager]", "break-glass: []", "22: nobody could approve: 'break-glass' is empty"),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: stock, tool: list_orders, arguments: { limit: 1, tenant_id: { argument: note } }, field: ids, equals: 1 }]"
        ),
        ProblemCase(
            "approvers: [manager]", "requires: [{ id: stock, tool: list_order, field: at, younger: 1d }]",
            "25: no source has a tool 'list_order' | The nearest name is 'list_orders'."),
        ProblemCase(
            "approvers: [manager]", "requires: [{ id: stock, tool: create_order, field: at, younger: 1d }]",
            "25: 'create_order' is no tool that only reads, so it answers no question"),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: up, url: 'http://status.example/up', field: up, equals: true }]",
            "25: this is no address to ask at | Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'."
        ),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: up, url: 'https://status.example/up', tool: list_orders, field: up, equals: true }]",
            "25: a fact is asked either with a 'tool' or at a 'url'"),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: up, tool: list_orders, secret: s, field: up, equals: true }]",
            "25: 'secret' belongs to 'url'"),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: up, url: 'https://status.example/up', secret: s, field: up, equals: true }]", []),
        ProblemCase(
            "approvers: [manager]", "requires: [{ id: stock, tool: list_orders, field: at }]",
            "25: one thing has to be asked of 'at' | Use one of: equals, in, at-most, at-least, below, above, starts-with, younger."
        ),
        ProblemCase(
            "approvers: [manager]", "requires: [{ id: stock, tool: list_orders, field: at, younger: soon }]",
            "25: this must be a time such as 30s, 10m, 1h or 7d, from 1s to 31536000s"),
        ProblemCase(
            "approvers: [manager]",
            "requires: [{ id: stock, tool: list_orders, field: at, equals: 1, arguments: { limit: { value: 3 } } }]",
            "25: 'argument' is missing", "25: unknown key 'value' | Known here: argument."),
        ProblemCase(
            "buckets: [write]\n      approvers: [manager]",
            "buckets: [write]\n      requires:\n        - { id: stock, tool: list_orders, field: at, younger: 1d }\n        - { id: stock, tool: list_orders, field: at, younger: 2d }",
            "27: two facts that are asked differently have the id 'stock' | Give each its own id, or ask both alike."),
        ProblemCase(
            read + "\n    - id: writes\n      effect: ask\n      buckets: [write]\n      approvers: [manager]",
            read
                + "\n      requires: [{ id: stock, tool: list_orders, field: at, younger: 1d }]\n    - id: writes\n      effect: ask\n      buckets: [write]\n      requires: [{ id: stock, tool: list_orders, field: at, younger: 1d }]"
        ),
        tests("{ tool: create_order, approvals: [{ by: ben, roles: [manager] }], expect: approved }"),
        tests(
            "{ tool: create_order, approvals: [{ by: ben, roles: [clerk] }], expect: approved }",
            "27: the policy test expects approved, but the call is ask | needs a human's approval by writes"),
        tests(
            "{ user: ben, tool: create_order, approvals: [{ by: ben, roles: [manager] }], expect: approved }",
            "27: the policy test expects approved, but the call is ask | needs a human's approval by writes"),
        tests(
            "{ tool: create_order, approvals: [{ by: ben, roles: [manager], when: 5m }], expect: approved }",
            "27: unknown key 'when' | Known here: by, roles, after, break-glass."),
        tests(
            "{ tool: list_orders, expect: deny }",
            "27: the policy test expects deny, but the call is allow | allowed by reads"),
        tests(
            "{ tool: list_orders, expect: allow }\n    - { tool: create_order, arguments: { amount: 5 }, expect: allow }",
            "28: the policy test expects allow, but the call is ask | needs a human's approval by writes"),
        tests(
            "{ tool: create_orders, expect: ask }",
            "27: no source has a tool 'create_orders'"),
        tests(
            "{ tool: delete_order, expect: ask }",
            "27: the policy test expects ask, but the call is deny | The tool is a never tool."),
        tests(
            "{ tool: list_orders, expect: maybe }",
            "27: this must be one of: allow, ask, deny, approved"),
        tests(
            "{ tool: list_orders, args: {}, expect: allow }",
            "27: unknown key 'args' | Known here: user, agent, tenant, roles, tool, arguments, approvals, expect."),
        tests(
            "{ expect: allow }",
            "27: 'tool' is missing"),
        tests(
            "{ tool: delete_order, expect: deny }"),
    ]
}
