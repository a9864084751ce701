import Core
package import Documents
import HTTP
import JSON
import Policy
import Risk

/// What came of reading a configuration file.
package struct Loaded: Sendable {
    /// Nil when there is an error among the diagnostics.
    package let configuration: Configuration?
    /// Every problem at once, in the order of the file.
    package let diagnostics: [Diagnostic]
}

/// Reads a configuration file with all documents it names. Has no side effect.
///
/// - Parameters:
///   - flaw: judges the other files it names; without it they are taken as they are.
///   - text: the file as it was read before; it is read anew otherwise. The documents are read in any case.
package func load(_ path: String, text: [UInt8]? = nil, flaw: @escaping FileFlaw = { _ in nil }) -> Loaded {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let files = Files(folder: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    guard let bytes = text ?? files.read(name) else {
        let problem = Diagnostic(
            .error, code: "unreadable-file", "the configuration cannot be read",
            hint: "'sallyport init SPEC' writes one.", file: path)
        return Loaded(configuration: nil, diagnostics: [problem])
    }
    do throws(Diagnostic) {
        let document = try SourceDocument.parse(bytes, file: path)
        return ConfigurationReader(document: document, files: files, bytes: bytes, flaw: flaw).load()
    } catch {
        return Loaded(configuration: nil, diagnostics: [error])
    }
}

/// Reads a configuration file, or a file with a `policy` section alone as it would be in another configuration.
///
/// - Parameter base: the configuration that has all the rest. What is wrong with it is told as well.
package func load(_ path: String, on base: String) -> Loaded {
    policyDocument(path).map { load(base, policy: $0) } ?? load(path)
}

/// Whether a file is one with a `policy` section alone.
package func hasOnlyPolicy(_ path: String) -> Bool { policyDocument(path) != nil }

private func policyDocument(_ path: String) -> SourceDocument? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard let bytes = Files(folder: folder).read(name), let document = try? SourceDocument.parse(bytes, file: path),
        let object = document.value.object, object.first?.key == "policy", object.count == 1
    else { return nil }
    return document
}

private func load(_ path: String, policy: SourceDocument) -> Loaded {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let files = Files(folder: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    guard let bytes = files.read(name), let document = try? SourceDocument.parse(bytes, file: path) else {
        return load(path)
    }
    var reader = ConfigurationReader(document: document, files: files, bytes: bytes, flaw: { _ in nil })
    reader.policyDocument = policy
    return reader.load()
}

/// Reads the top of the file.
struct ConfigurationReader {
    let document: SourceDocument
    let files: Files
    let bytes: [UInt8]
    let flaw: FileFlaw
    /// What has the policy, where it is not in the file itself.
    var policyDocument: SourceDocument?

    func load() -> Loaded {
        let problems = Problems(document)
        let reader = Reader(value: document.value, pointer: JSONPointer(), problems: problems)
        let keys = [
            "version", "listen", "resource", "data", "hosts", "origins", "tls", "issuers", "people", "sources",
            "policy", "limits", "reread-sources", "notify", "pages", "mail", "log", "database",
            "observe",
        ]
        guard reader.object(keys: keys) != nil else {
            return Loaded(configuration: nil, diagnostics: problems.diagnostics)
        }
        if let version = reader.required("version"), version.value.int != 1 {
            version.error("unknown-version", "this version of the format is not known", hint: "Write version: 1.")
        }
        let listen = reader.child("listen").flatMap(listenAddress) ?? ListenAddress(host: "127.0.0.1", port: 8080)
        let resource = reader.required("resource")?.string() ?? ""
        if !resource.isEmpty, !isResource(resource) {
            reader.child("resource")?.error(
                "bad-resource", "this is no absolute URI without query and fragment",
                hint: "Write the URL that agents use, such as https://gateway.example/mcp.")
        }

        var tools: [Tool] = []
        var sources: [SourceSettings] = []
        var texts = [bytes]
        var documentDiagnostics: [Diagnostic] = []
        var isWhole = true
        let sourceSection = reader.required("sources")?.children ?? []
        for (name, child) in sourceSection {
            let source = SourceReader(name: name, reader: child, files: files, flaw: flaw, problems: problems)
            guard let loaded = source.load() else {
                isWhole = false
                continue
            }
            for tool in loaded.tools
            where tools.contains(where: { $0.name == tool.name && $0.bucket != .never }) && tool.bucket != .never {
                child.error("name-collision", "two sources offer a tool '\(tool.name)'")
            }
            tools += loaded.tools
            sources.append(loaded.settings)
            texts += loaded.texts
            documentDiagnostics += loaded.diagnostics
        }
        let version = Digest(of: texts.flatMap { Array(Digest(of: $0).hex.utf8) }).hex
        let byName = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        let policyProblems = policyDocument.map(Problems.init)
        let policySection =
            policyDocument.map { document in
                Reader(value: document.value, pointer: JSONPointer(), problems: policyProblems ?? problems)
            }.map { $0.required("policy") } ?? reader.required("policy")
        let policyDigest = policySection.flatMap { $0.value.canonicalBytes() }.map { Digest(of: $0).hex } ?? ""
        let policy = policySection.map {
            PolicyReader(
                reader: $0, toolNames: isWhole ? Set(byName.keys) : nil, sourceNames: Set(sourceSection.map(\.key))
            ).policy(version: String(policyDigest.prefix(16)))
        }
        if isWhole, let policy, let policySection {
            refuseLightConfirmations(policy, tools, policySection)
            refuseQuestionsThatChange(byName, policySection)
            PolicyTests(reader: policySection, policy: policy, tools: byName).run()
        }
        let issuerSection = reader.child("issuers")
        let issuers = IssuerReader(reader: issuerSection, resource: resource, files: files, flaw: flaw).issuers()
        if issuerSection.map({ $0.value.array?.isEmpty == true }) ?? true {
            (issuerSection ?? reader).error(
                "no-issuers", "nobody vouches for users", hint: "Add 'issuers: [{ local: true }]'.")
        }
        let people = people(reader)
        if isWhole, let policy, let policySection { noteFinalDeletions(policy, tools, people, policySection) }
        let tls = reader.child("tls").flatMap(tlsFiles)
        let limits = reader.child("limits").map {
            LimitsReader(
                reader: $0,
                match: PolicyReader(
                    reader: $0, toolNames: isWhole ? Set(byName.keys) : nil,
                    sourceNames: Set(sourceSection.map(\.key))))
        }
        let notices = reader.child("notify")?.elements ?? []
        let webhooks = notices.filter { $0.child("mail") == nil }.compactMap(webhook)
        let mailed = notices.filter { $0.child("mail") != nil }.compactMap(mailTarget)
        let mail = reader.child("mail").flatMap(mailReader.server)
        if reader.child("mail") == nil, let first = firstWhoWantsMail(reader) {
            first.error("no-mail-server", "no mail leaves here", hint: "Add 'mail: { server: …, from: … }'.")
        }
        let configuration = policy.map { policy in
            Configuration(
                listen: listen, resource: resource,
                dataDirectory: files.resolve(reader.child("data")?.string() ?? defaultDataDirectory),
                database: reader.child("database").flatMap(database),
                hosts: reader.child("hosts")?.strings(), origins: reader.child("origins")?.strings() ?? [],
                tls: tls, issuers: issuers, people: people, policy: policy,
                sources: sources, tools: tools, version: version,
                rates: limits?.rates() ?? [], budgets: limits?.budgets() ?? [],
                rereadSeconds: reader.child("reread-sources")?.duration(in: 10...86_400) ?? 900,
                webhooks: webhooks, mail: mail, mailed: mailed, pages: reader.child("pages").flatMap(pages),
                log: reader.child("log").map(LogSettingsReader(files: files, flaw: flaw).settings) ?? LogSettings(),
                observe: reader.child("observe").flatMap(
                    ObserveReader(address: listenAddress, hasTLS: tls != nil).settings), text: bytes)
        }
        let own = problems.diagnostics + (policyProblems?.diagnostics ?? [])
        let diagnostics = own + documentDiagnostics
        let isSound = !own.contains { $0.severity == .error }
        return Loaded(configuration: isSound ? configuration : nil, diagnostics: diagnostics)
    }

    private func listenAddress(_ reader: Reader) -> ListenAddress? {
        guard let text = reader.string() else { return nil }
        if let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon != text.startIndex, !text.contains("/")
        {
            let host = text[..<colon]
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
            return ListenAddress(host: String(isBracketed ? host.dropFirst().dropLast() : host), port: port)
        }
        reader.error("bad-address", "this is no address to listen on", hint: "Write host:port, such as 127.0.0.1:8080.")
        return nil
    }

    /// Facts are asked with tools that read.
    private func refuseQuestionsThatChange(_ tools: [String: Tool], _ section: Reader) {
        for rule in section.child("rules")?.elements ?? [] {
            guard case .array? = rule.child("requires")?.value else { continue }
            for requirement in rule.child("requires")?.elements ?? [] {
                guard let name = requirement.child("tool"), let tool = name.value.string.flatMap({ tools[$0] }),
                    !tool.isRead
                else { continue }
                name.error("no-question", "'\(tool.name)' is no tool that only reads, so it answers no question")
            }
        }
    }

    /// What cannot be taken back, or reaches many records at once, is not for the user alone to confirm.
    private func refuseLightConfirmations(_ policy: Policy, _ tools: [Tool], _ section: Reader) {
        for element in section.child("rules")?.elements ?? [] {
            guard let id = element.child("id")?.string(), let rule = policy.rules.first(where: { $0.id == id }),
                rule.effect == .ask, rule.approval.isConfirmation
            else { continue }
            let grave = tools.filter { tool in
                tool.bucket == .write && rule.tools.matches(tool.facts)
                    && !(rule.except?.matches(tool.facts) ?? false)
                    && (tool.risk.effect == .potentiallyIrreversible || tool.risk.categories.contains(.bulk))
            }
            guard let first = grave.first else { continue }
            element.child("confirm")?.error(
                "light-confirmation",
                "'\(first.name)' cannot be taken back or reaches many records, so its user alone cannot confirm it",
                hint:
                    "Name 'approvers', or leave \(grave.count == 1 ? "it" : "these \(grave.count) tools") out with 'except'."
            )
        }
    }

    /// Says that rules which allow a deletion that nothing takes back do not have the last word.
    private func noteFinalDeletions(_ policy: Policy, _ tools: [Tool], _ people: [String: Person], _ section: Reader) {
        let final = tools.filter { tool in
            tool.bucket == .write && tool.facts.isFinalDeletion
                && policy.rules.contains {
                    $0.effect == .allow && $0.tools.matches(tool.facts) && !($0.except?.matches(tool.facts) ?? false)
                }
                && !policy.rules.contains {
                    $0.effect != .allow && $0.condition == nil && $0.principals == PrincipalMatch()
                        && $0.tools.matches(tool.facts) && !($0.except?.matches(tool.facts) ?? false)
                }
        }
        guard let first = final.first else { return }
        let isAnybody = people.values.contains { $0.roles.contains("approver") }
        section.problems.warn(
            "final-deletion",
            "rules allow '\(first.name)', which nothing takes back: it is asked of the role 'approver'"
                + (isAnybody ? "" : ", which nobody has"),
            hint: "Declare its reversible form ('instead') or its 'undo', or write a rule that asks.",
            at: section.pointer)
    }

    private func tlsFiles(_ reader: Reader) -> TLSFiles? {
        guard reader.object(keys: ["certificate", "key"]) != nil, let certificate = reader.required("certificate"),
            let key = reader.required("key"), let certificatePath = certificate.string().map(files.resolve),
            let keyPath = key.string().map(files.resolve)
        else { return nil }
        certificate.report(flaw(.certificate(certificatePath)))
        key.report(flaw(.key(keyPath, certificate: certificatePath)))
        return TLSFiles(certificate: certificatePath, key: keyPath)
    }

    private func people(_ reader: Reader) -> [String: Person] {
        var people: [String: Person] = [:]
        for (name, child) in reader.child("people")?.children ?? [] {
            guard child.object(keys: ["roles", "subjects", "mail"]) != nil else { continue }
            people[name] = Person(
                roles: Set(child.required("roles")?.strings() ?? []),
                subjects: Set(child.child("subjects")?.strings() ?? []),
                mail: child.child("mail").flatMap(mailReader.mail))
        }
        refuseSharedSubjects(people, reader)
        return people
    }

    /// A name in a token means one person, or it could not be told who must not decide.
    private func refuseSharedSubjects(_ people: [String: Person], _ reader: Reader) {
        var owners: [String: String] = [:]
        for (name, person) in people.sorted(by: { $0.key < $1.key }) {
            for subject in person.subjects.sorted() {
                let owner = owners[subject] ?? (people[subject] != nil && subject != name ? subject : nil)
                if let owner {
                    reader.child("people")?.child(name)?.error(
                        "shared-subject", "'\(subject)' names '\(owner)' as well")
                }
                owners[subject] = name
            }
        }
    }

    private var mailReader: MailReader { MailReader(files: files, flaw: flaw) }

    private func mailTarget(_ reader: Reader) -> MailTarget? {
        guard reader.object(keys: ["mail", "about"]) != nil,
            let address = reader.child("mail").flatMap(mailReader.mail)
        else { return nil }
        return MailTarget(
            address: address,
            topics: reader.child("about")?.words(WebhookSettings.Topic.self) ?? WebhookSettings.Topic.usual)
    }

    private func firstWhoWantsMail(_ reader: Reader) -> Reader? {
        let people = reader.child("people")?.children.map(\.reader) ?? []
        let notices = reader.child("notify")?.elements ?? []
        return (people + notices).lazy.compactMap { $0.child("mail") }.first
    }

    private func webhook(_ reader: Reader) -> WebhookSettings? {
        guard reader.object(keys: ["webhook", "secret", "allow-loopback", "about", "as", "replies"]) != nil,
            let url = reader.required("webhook"),
            let text = url.string(), let secret = reader.required("secret")?.string()
        else { return nil }
        let allowsLoopback = reader.child("allow-loopback")?.bool() ?? false
        guard WebAddress(text, allowsLoopbackHTTP: allowsLoopback) != nil else {
            url.error(
                "bad-url", "this is no address to send to",
                hint: "Write https://host[:port]/path; plain http on loopback takes 'allow-loopback: true'.")
            return nil
        }
        return WebhookSettings(
            url: text, secret: secret, allowsLoopback: allowsLoopback,
            topics: reader.child("about")?.words(WebhookSettings.Topic.self)
                ?? WebhookSettings.Topic.usual,
            form: reader.child("as")?.word(WebhookSettings.Form.self) ?? .standard,
            replies: reader.child("replies")?.bool() ?? false)
    }

    private func database(_ reader: Reader) -> String? {
        guard let text = reader.string() else { return nil }
        if let problem = checkDatabaseURL(text) {
            reader.error(problem.code, problem.message, hint: problem.hint)
            return nil
        }
        return text
    }

    private func pages(_ reader: Reader) -> PageSettings? {
        guard reader.object(keys: ["listen", "url"]) != nil,
            let listen = reader.required("listen").flatMap(listenAddress), let url = reader.required("url"),
            let text = url.string()
        else { return nil }
        let origin = text.hasSuffix("/") ? String(text.dropLast()) : text
        let host = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        // Browsers keep what is secure on loopback as well (Secure Contexts §3.1).
        let isLoopback = ["http://localhost", "http://127.0.0.1"].contains {
            origin == $0 || origin.hasPrefix($0 + ":")
        }
        guard isResource(origin), host.count == 3, !host[2].contains("/"), !host[2].contains("@"),
            origin == origin.lowercased(),
            isLoopback || origin.hasPrefix("https://")
        else {
            url.error(
                "bad-url", "this is no origin that people could sign in at",
                hint: "Write https://host[:port] in lower case, without a path; plain http is for localhost only.")
            return nil
        }
        return PageSettings(listen: listen, origin: origin)
    }

    private func isResource(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"\\#?<>".utf8.contains($0) }
            && text.dropFirst(scheme.count).first.map { $0 != "/" } ?? false
    }
}
