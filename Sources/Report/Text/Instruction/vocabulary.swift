/// The words that steer, by what they are in a sentence. General English; no product and no known attack has one.
let vocabulary: [String: Wording] = {
    var table: [String: Wording] = [:]
    let lists: [(Wording, String)] = [
        (.ignores, "ignore disregard forget neglect"),
        ([.ignores, .bypasses], "override overrule bypass circumvent"),
        (.bypasses, "evade"),
        (.prior, "previous previously prior above earlier preceding foregoing original initial"),
        (.whole, "all every entire full whole complete any each"),
        (.everything, "everything anything"),
        ([.orders, .directive], "instruction instructions directive directives"),
        (.orders, "guideline guidelines commands orders"),
        ([.orders, .prompt], "prompt prompts"),
        (
            .limits,
            "rule rules restriction restrictions policy policies safety security filter filters filtering validation "
                + "check checks safeguard safeguards guardrail guardrails constraint constraints controls protections"
        ),
        (.system, "system"),
        (.role, "role"),
        (.descriptions, "description descriptions"),
        (.without, "without"),
        (
            .tells,
            "tell mention inform notify reveal disclose alert warn admit divulge telling mentioning informing "
                + "notifying revealing disclosing alerting warning"
        ),
        (.shows, "show display report expose print output say explain discuss showing displaying explaining"),
        (.reader, "user users human humans person people operator anyone anybody someone"),
        (.knows, "know knowing notice noticing knowledge aware awareness realize realizing realise suspect see"),
        (.hides, "hide conceal hiding concealing"),
        (.keeps, "keep keeping"),
        (.secret, "secret hidden"),
        (.stealthily, "secretly covertly surreptitiously stealthily clandestinely"),
        (.quietly, "quietly discreetly silently invisibly"),
        (.reads, "read open load fetch access retrieve get collect gather extract cat dump find obtain copy locate"),
        (
            .passes,
            "pass send include append attach put add supply provide forward upload post submit transmit email "
                + "exfiltrate leak embed insert bcc copy encode write incorporate"
        ),
        ([.reads, .passes], "sending forwarding passing"),
        (
            .place,
            "id_rsa id_ed25519 id_ecdsa id_dsa authorized_keys known_hosts bash_history zsh_history wallet_dat"
        ),
        (
            .secrets,
            "credential credentials password passwords secret secrets token tokens apikey cookies passphrase"
        ),
        (.talk, "conversation conversations chat dialogue dialog"),
        (.history, "history transcript context log logs messages"),
        (.commands, "must always should shall mandatory critical crucial immediately ensure required"),
        ([.before, .first], "before first"),
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
        (.trusts, "trust obey"),
        (.elevated, "elevated unrestricted root superuser unlimited admin full"),
        (.privileges, "privileges privilege access"),
        (.this, "this these it"),
        (.that, "that"),
        (.from, "from"),
        (.to, "to"),
        (.as_, "as"),
        (.are, "are youre"),
        (.now, "now"),
        (.on, "on"),
        (.not, "not"),
        (.do_, "do"),
        (.forbids, "dont never avoid refrain"),
        (.leads, "and but or so then also please you must should shall always important note simply just"),
        (.begins, "start begin end finish prefix prepend"),
    ]
    for (wording, words) in lists {
        for word in words.split(separator: " ") { table[String(word), default: []].formUnion(wording) }
    }
    return table
}()

/// Names that are files with secrets when a dot or a slash stands before them.
let secretFiles: Set<String> = [
    "ssh", "env", "aws", "npmrc", "netrc", "pgpass", "gnupg", "kube", "cursor", "passwd", "shadow", "pypirc",
    "git-credentials", "docker", "azure", "gcloud", "vault-token",
]

/// Names of tags and labels that give a text the look of coming from somebody in charge.
let roleTags: Set<String> = [
    "important", "system", "instruction", "instructions", "hidden", "secret", "prompt", "assistant", "critical",
    "developer", "directive", "override", "admin", "urgent", "information", "role",
]

/// Names of the tokens that chat templates are made of.
let chatTokens: Set<String> = ["im_start", "im_end", "inst", "sys", "start_header_id"]
