/// The words that the classification knows. Verbs say what happens, nouns say to what.
enum Vocabulary {
    static let readVerbs: Set<String> = [
        "get", "list", "read", "search", "query", "find", "lookup", "fetch", "show", "describe", "view", "count",
        "check", "validate", "verify", "preview", "estimate", "calculate", "compare", "retrieve", "browse", "head",
        "status", "stats", "aggregate", "suggest", "autocomplete", "resolve",
    ]

    static let destructiveVerbs: Set<String> = [
        "delete", "remove", "purge", "destroy", "wipe", "drop", "truncate", "erase", "revoke", "archive", "void",
        "cancel", "deactivate", "terminate", "uninstall", "clear", "reset", "expire", "disable", "suspend", "discard",
        "detach", "unlink", "deprovision",
    ]

    static let writeVerbs: Set<String> = [
        "create", "update", "add", "set", "put", "patch", "post", "insert", "upsert", "edit", "modify", "change",
        "replace", "enable", "assign", "move", "copy", "rename", "submit", "start", "stop", "run", "execute", "trigger",
        "approve", "reject", "merge", "close", "reopen", "upload", "send", "register", "restore", "rotate", "sync",
        "import", "refund", "pay", "charge", "transfer", "deploy", "publish", "invite", "grant", "impersonate",
    ]

    static let categories: [(category: Risk.Category, words: Set<String>)] = [
        (
            .financial,
            [
                "payment", "payments", "refund", "refunds", "payout", "payouts", "charge", "charges", "invoice",
                "invoices", "transfer", "transfers", "billing", "subscription", "subscriptions", "price", "credit",
                "debit", "bank", "iban", "amount",
            ]
        ),
        (
            .administrative,
            [
                "user", "users", "role", "roles", "permission", "permissions", "admin", "administrator", "member",
                "members", "policy", "policies", "grant", "grants", "impersonate", "tenant", "organization",
            ]
        ),
        (
            .credential,
            [
                "password", "passwords", "token", "tokens", "secret", "secrets", "credential", "credentials", "apikey",
                "key", "keys", "mfa", "certificate", "certificates", "sso",
            ]
        ),
        (
            .communication,
            [
                "send", "email", "emails", "mail", "message", "messages", "sms", "notify", "notification",
                "notifications", "invite", "publish", "post", "comment", "recipient", "recipients",
            ]
        ),
        (.deployment, ["deploy", "deployment", "deployments", "release", "rollback", "restart", "reboot", "pipeline"]),
        (.bulk, ["bulk", "batch", "mass", "export", "dump", "all"]),
    ]
}
