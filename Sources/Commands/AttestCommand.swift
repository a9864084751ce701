import ArgumentParser
import JSON

struct AttestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest", abstract: "A named person's word for what no program can see.",
        discussion: """
            Without a subject it lists what can be attested, and by whom it is. An attestation names the evidence and ends; it \
            fills the checklist and never adds a point to the score.
            """)

    @Argument(help: "incident-process, identity-approval, compliance or descriptions.")
    var subject: String?
    @Option(help: "Where the evidence is: an http or https address.")
    var link: String?
    @Option(help: "The last day on which it holds, such as 2027-01-31; a year at most.")
    var until: String?
    @Option(help: "What else there is to say.")
    var remark: String?
    @Option(name: .customLong("as"), help: "Your name as a local user; the password is read from standard input.")
    var person: String?
    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if subject != nil, link == nil || until == nil || person == nil {
            throw ValidationError("an attestation takes --link, --until and --as")
        }
    }

    func run() async throws {
        if let subject, let link, let until, let person {
            var options = PersonOptions()
            options.person = person
            return try await options.act(
                "attest", ["subject": subject, "link": link, "until": until, "note": remark], self.options)
        }
        let attestations = try await administer(options, "attest-list", [:])["attestations"]?.array ?? []
        if json { return show(json: .array(attestations)) }
        show(
            columns: ["SUBJECT", "WHAT", "HOLDS", "BY", "AT", "UNTIL", "LINK"],
            attestations.map { attestation in
                ["subject", "title", "holds", "by", "at", "until", "link"].map { key in
                    attestation[key]?.string ?? attestation[key]?.bool.map { $0 ? "yes" : "no" } ?? "-"
                }
            })
    }
}
