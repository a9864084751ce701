import Risk

/// The words that steer, by what they are in a sentence. General English; no product and no known attack has one.
let vocabulary: WordTable<Wording> = {
    var table: [String: Wording] = [:]
    for (wording, words) in wordLists {
        for word in words.split(separator: " ") { table[String(word), default: []].formUnion(wording) }
    }
    return WordTable(table)
}()

private let wordLists: [(Wording, String)] = [
    (.ignores, "ignore disregard forget neglect"),
    ([.ignores, .bypasses], "override overrule bypass circumvent"),
    (.bypasses, "evade"),
    (.skips, "skip bypass omit"),
    (.prior, "previous previously prior above earlier preceding foregoing original initial"),
    (.whole, "all every entire full whole complete any each"),
    (.everything, "everything anything"),
    ([.orders, .directive], "instruction instructions directive directives"),
    (.directive, "command"),
    (.treats, "treat"),
    (.orders, "guideline guidelines commands orders"),
    ([.orders, .prompt], "prompt prompts"),
    (
        .limits,
        "rule rules restriction restrictions policy policies safety security filter filters filtering validation "
            + "check checks safeguard safeguards guardrail guardrails constraint constraints controls protections "
            + "limits limitations"
    ),
    (.safety, "safety security content ethical"),
    (.system, "system"),
    (.descriptions, "description descriptions"),
    (.precedence, "precedence priority"),
    (.void, "void invalid obsolete revoked superseded cancelled canceled suspended lifted"),
    (.without, "without"),
    (.no, "no"),
    (.need, "need needs have"),
    (.informs, "tell inform telling informing"),
    (.notifies, "notify alert warn notifying alerting warning"),
    (.mentions, "mention mentioning"),
    (.reveals, "reveal disclose admit divulge acknowledge revealing disclosing admitting"),
    (.told, "told informed mentioned disclosed revealed notified bothered"),
    (.shows, "show display report expose print output explain discuss showing displaying explaining"),
    (.reader, "user users human humans person people operator anyone anybody someone them they"),
    (
        .knows,
        "know knowing notice noticing knowledge aware awareness learn discover find realize realizing realise suspect"
    ),
    (.hides, "hide conceal hiding concealing"),
    (.keeps, "keep keeping"),
    (.secret, "secret hidden confidential"),
    (.stealthily, "secretly covertly surreptitiously stealthily clandestinely"),
    (.quietly, "quietly discreetly silently invisibly"),
    (.already, "already"),
    (.approved, "approved confirmed agreed consented authorized authorised"),
    (.confirmation, "confirmation confirmations consent approval permission"),
    (.reads, "read open load fetch access retrieve get collect gather extract cat dump find obtain copy locate look"),
    (
        .passes,
        "pass send include append attach put add supply provide forward upload post submit transmit email paste "
            + "exfiltrate leak embed insert bcc copy encode write incorporate prepend transfer"
    ),
    ([.reads, .passes], "sending forwarding passing"),
    (.place, "id_rsa id_ed25519 id_ecdsa id_dsa authorized_keys known_hosts bash_history zsh_history"),
    (
        .secrets,
        "credential credentials password passwords secret secrets token tokens apikey key keys cookies passphrase"
    ),
    (.intimate, "environment private"),
    (.talk, "conversation conversations chat dialogue dialog"),
    (.history, "history transcript context log logs messages"),
    (.argument, "parameter parameters argument arguments field query input header"),
    (.commands, "must always should shall mandatory critical crucial immediately ensure required"),
    (.before, "before first"),
    (.when, "when whenever after before each every"),
    (.calls, "call use invoke run using calling invoking running execute executing called used invoked"),
    (.tool, "tool tools function functions"),
    (.other, "other another else"),
    (.instead, "instead rather"),
    (.otherwise, "otherwise"),
    (.model, "assistant ai llm llms model chatbot agent agents"),
    (.you, "you youre"),
    ([.your, .prior], "your"),
    (.reply, "response responses answer answers reply replies"),
    (.acts, "act behave roleplay pretend"),
    (.pretends, "pretend lie"),
    (.trusts, "trust obey"),
    (.input, "input inputs user users command commands content queries requests instructions output"),
    (.elevated, "elevated unrestricted root superuser unlimited"),
    (.privileges, "privileges privilege access"),
    (.role, "role"),
    (.this, "this these it them"),
    (.that, "that"),
    (.from, "from"),
    (.over, "over"),
    (.to, "to"),
    (.like, "as"),
    (.are, "are is were youre"),
    (.have, "have"),
    (.given, "given told received"),
    (.says, "say says said claim answer state wants wanted asks asked requests requested request"),
    (.utters, "say claim answer state"),
    (.even, "even"),
    (.condition, "if when"),
    (.asks, "ask asking"),
    (.be, "be"),
    (.asked, "asked questioned"),
    (.now, "now"),
    (.on, "on"),
    (.not, "not"),
    (.auxiliary, "do"),
    (.forbids, "dont never avoid refrain"),
    (.leads, "and but or so then also please you must should shall always important note simply just"),
    (.begins, "start begin finish prefix prepend"),
]

/// Names that are files with secrets when they begin with a dot.
let secretFiles: Set<String> = [
    "ssh", "env", "aws", "npmrc", "netrc", "pgpass", "gnupg", "kube", "cursor", "pypirc", "docker",
    "azure", "gcloud", "bash_history", "zsh_history",
]

/// Names of tags that give a text the look of an order.
let urgentNames: Set<String> = [
    "important", "instruction", "instructions", "hidden", "critical", "urgent", "directive", "override",
]

/// Names of tags that give a text the look of coming from somebody in charge.
let roleNames: Set<String> = [
    "system", "assistant", "developer", "admin", "user", "role", "prompt", "secret", "information",
]

/// Names of the tokens that chat templates are made of.
let chatTokens: Set<String> = ["im_start", "im_end", "inst", "sys", "start_header_id"]
