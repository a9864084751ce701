package import Backends
package import Core
package import Evidence
package import Notices
package import Policy
package import TransparencyLog

/// What a configuration file says, checked as a whole.
package struct Configuration: Sendable {
    package var listen: ListenAddress
    /// The URI that names the agent endpoint; the audience that tokens must carry.
    package var resource: String
    /// Folder of the database, keys and socket.
    package var dataDirectory: String
    /// A PostgreSQL database that several processes share; nil for SQLite in the data directory.
    package var database: String?
    package var hosts: [String]?
    package var origins: [String]
    package var tls: TLSFiles?
    package var issuers: [IssuerSettings]
    /// People who decide, by local user name.
    package var people: [String: Person]
    package var policy: Policy
    package var sources: [SourceSettings]
    /// All tools that the sources offer, whatever their bucket or scope.
    package var tools: [Tool]
    /// Digest over the file and all documents it reads.
    package var version: String
    /// How often calls may come.
    package var rates: [Rate]
    /// How much may come of calls.
    package var budgets: [Budget]
    /// How often the sources' documents are read anew, in seconds.
    package var rereadSeconds: Int
    /// Who hears of what the gateway finds by itself.
    package var webhooks: [WebhookSettings]
    /// How mail leaves; nil where none does.
    package var mail: MailSettings?
    /// Who gets all notices of a kind by mail.
    package var mailed: [MailTarget]
    /// Where people decide; nil where they only have the command line.
    package var pages: PageSettings?
    /// How what is recorded is made provable.
    package var log: LogSettings
    /// Where the gateway tells how it is; nil where it does not.
    package var observe: ObserveSettings?
    /// The file itself.
    package var text: [UInt8]
}

/// How what is recorded is made provable.
package struct LogSettings: Sendable, Hashable {
    /// How often a checkpoint is signed, where something is new.
    package var seconds = 2
    /// Whether anybody may read checkpoints and hashes; else auditors only.
    package var isPublic = false
    package var witnesses: [WitnessSettings] = []
    /// A file that checkpoints are added to, to be kept where this machine cannot change it.
    package var anchorFile: String?
    /// How often a checkpoint is anchored and told.
    package var anchorSeconds = 3600
    /// For how long what is recorded is kept.
    package var retention = Retention()
    /// Where what is recorded goes.
    package var streams: [StreamSettings] = []

    package init() {}
}

/// Somebody who signs that the log only grows (C2SP tlog-witness).
package struct WitnessSettings: Sendable, Hashable {
    /// What stands before `/add-checkpoint`.
    package var url: String
    package var key: WitnessKey
    package var allowsLoopback: Bool
}

/// An address that notices are sent to.
package struct WebhookSettings: Sendable, Hashable {
    /// What is told.
    package enum Topic: String, Sendable, Hashable, CaseIterable {
        case findings, approvals
        /// Checkpoints of the log, to be kept elsewhere.
        case checkpoints

        /// What is told where nothing is said.
        package static let usual: Set<Topic> = [.findings, .approvals]
    }

    /// How it is told.
    package enum Form: String, Sendable, Hashable, CaseIterable {
        /// Standard Webhooks 1.0.
        case standard
        /// One text, as incoming webhooks of chats take it.
        case chat
    }

    package var url: String
    /// The source's secret in the vault that notices are signed with.
    package var secret: String
    package var allowsLoopback: Bool
    package var topics: Set<Topic>
    package var form: Form
    /// Whether it may send back what its readers want.
    package var replies = false
}

/// How mail leaves.
package struct MailSettings: Sendable, Hashable {
    package var host: String
    package var port: Int
    package var security: MailServer.Security
    package var from: MailAddress
    package var user: String?
    /// The source's secret in the vault that is the password.
    package var secret: String?
    package var trustRootFile: String?
}

/// An address that gets mail of whatever is told of some topics.
package struct MailTarget: Sendable, Hashable {
    package var address: MailAddress
    package var topics: Set<WebhookSettings.Topic>
}

/// Pages for people.
package struct PageSettings: Sendable, Hashable {
    package var listen: ListenAddress
    /// Scheme, host and port under which people reach them: what links begin with, and what forms have to come from.
    package var origin: String

    package init(listen: ListenAddress, origin: String) {
        self.listen = listen
        self.origin = origin
    }
}

/// Somebody who decides what waits.
package struct Person: Sendable, Hashable {
    package var roles: Set<String>
    /// How tokens name the same person, beside the local name: nobody decides calls made in their own name.
    package var subjects: Set<String>
    /// Where they are told of calls that they may decide.
    package var mail: MailAddress?

    package init(roles: Set<String>, subjects: Set<String> = [], mail: MailAddress? = nil) {
        self.roles = roles
        self.subjects = subjects
        self.mail = mail
    }
}

/// Where to listen.
package struct ListenAddress: Sendable, Hashable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// PEM files for TLS on the agent endpoint.
package struct TLSFiles: Sendable, Hashable {
    package var certificate: String
    package var key: String
}

/// Somebody who vouches for users and agents.
package struct IssuerSettings: Sendable, Hashable {
    package enum Keys: Sendable, Hashable {
        /// Tokens that `sallyport token` issues.
        case local
        case file(String)
        case url(String, allowsLoopback: Bool)
    }

    package var issuer: String
    package var keys: Keys
    package var audience: String
    package var algorithms: [String]?
    package var tenantClaim: String
    package var rolesClaim: String
    package var agentClaim: String?
    package var scopes: Set<String>
    /// Tenants that the issuer may speak for; nil for any.
    package var tenants: Set<String>?

    /// The installation's own issuer.
    package static func local(
        audience: String, scopes: Set<String> = [], tenants: Set<String>? = nil
    ) -> IssuerSettings {
        IssuerSettings(
            issuer: "sallyport-local", keys: .local, audience: audience, algorithms: nil, tenantClaim: "tenant",
            rolesClaim: "roles", agentClaim: nil, scopes: scopes, tenants: tenants)
    }
}

/// One source of tools.
package struct SourceSettings: Sendable {
    package var name: String
    package var baseURL: BaseURL
    package var allowAddresses: [CIDR]
    package var timeLimit: Int
    package var trustRootFile: String?
    package var credential: HTTPBackend.Credential?
    /// Texts with the form of a secret in its document: what each looks like.
    package var secretShapes: [String]
    /// How each of the source's tools is sent, by tool name.
    package var operations: [String: HTTPBackend.Operation]
    /// When it is left alone.
    package var breaker: Breaker.Limits
}
