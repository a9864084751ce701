package import Core
package import JSON

/// The ordered events of all calls and administrative acts: the single source of truth.
///
/// A call is added to by compare-and-set on its version, so a transition happens once however many ask for it: that
/// is what makes an approval single use. Nothing is ever changed or removed.
package protocol Journal: Sendable {
    /// Adds events to one call.
    ///
    /// - Returns: false when the call is not at the version it was read at, or when another open call has the same
    ///   digest; nothing was added then.
    /// - Throws: ``OverBudget`` when an admission reserves more than is left, and nothing was added; ``JournalFault`` when
    ///   the events are not, or may not be, recorded.
    func append(_ addition: Addition) async throws -> Bool

    /// Records an administrative act or a refusal before any call exists.
    func record(_ act: Act, durability: Durability) async throws

    /// The call, folded from its events; nil when there is none.
    func call(_ id: CallID) async throws -> Call?

    /// The newest call that was proposed under this digest, whatever became of it.
    func latestCall(digest: Digest) async throws -> Call?

    /// The newest call under this digest of which nobody knows yet what it did, among the latest that were settled so since a
    /// moment.
    func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call?

    /// The call that carried this idempotency key, by the same principal.
    func call(idempotencyKey: String, of principal: Principal) async throws -> Call?

    /// Calls in a phase, oldest first, at most `limit`.
    func calls(in phase: Call.Phase, limit: Int) async throws -> [Call]

    /// Calls that were admitted by a process that is no more, and have no outcome; oldest first, at most `limit`.
    func abandoned(limit: Int) async throws -> [Call]

    /// How many proposals of this user through this agent wait for a person and are not overdue; counts to `limit`.
    func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int

    /// Keeps a sealed value beside a call until a moment; replaces what was there.
    func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws

    /// The sealed value beside a call, nil when there is none or its time is over.
    func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]?

    /// How much of a budget was taken.
    func spent(_ key: String) async throws -> Int64

    /// Counts what is taken whatever is left, or given back.
    func correct(_ reservations: [Reservation]) async throws

    /// Removes kept values, and what was spent of budgets, whose time is over.
    ///
    /// - Returns: how many values there were.
    @discardableResult
    func discardKept(at now: Timestamp) async throws -> Int

    /// Entries that match, newest first.
    func search(_ filter: EntryFilter) async throws -> [Entry]

    /// When the conversation of somebody began whom several processes may hear of, and notes that it goes on; nil where there is one
    /// process. A conversation ends with a pause, and at the latest after a time, both in seconds.
    func conversation(of identity: String, pause: Int, longest: Int, at now: Timestamp) async throws -> Timestamp?

    /// How many orders of other processes are in force here; nil where there are no others. An admission says how many were
    /// when its call was checked, and does not count once there are more (``StaleOrders``).
    var knownOrders: Int? { get }
}

extension Journal {
    package var knownOrders: Int? { nil }

    package func conversation(of identity: String, pause: Int, longest: Int, at now: Timestamp) async throws
        -> Timestamp?
    {
        nil
    }

    /// Where one process has the journal for itself, whatever was admitted before it began.
    package func abandoned(limit: Int) async throws -> [Call] {
        try await calls(in: .admitted, limit: limit)
    }
}

/// Another process gave an order since this one last looked: nothing was recorded, and nothing may run before it is known.
package struct StaleOrders: Error, Sendable, Hashable {
    package init() {}
}

/// What is kept beside a call, sealed, for a time.
package enum KeptKind: String, Sendable, Hashable {
    /// The arguments of a call that runs without its client, until it does.
    case request
    /// The arguments of a call whose source can be asked again, until its outcome is known.
    case arguments
    /// The answer, for whoever repeats the call.
    case answer
    /// The call that takes it back.
    case undo

    /// The name of a call's value.
    package func key(_ call: CallID) -> String { self == .answer ? call.text : "\(call.text)/\(rawValue)" }

    /// What the value is sealed for.
    func purpose(_ call: CallID) -> String { "\(rawValue)/\(call)" }
}

/// When an addition has to be on disk.
package enum Durability: Sendable, Hashable {
    /// Before the call returns. Commits are shared with whoever waits at the same time.
    case now
    /// With the next commit, or within some milliseconds. The call returns at once.
    case withNext
}

/// Events for one call, with the call as it is once they count.
///
/// One object: whoever waits for it to be recorded holds a reference, and no copy.
package final class Addition: Sendable {
    package let call: Call
    package let events: [CallEvent]
    package let durability: Durability
    /// What it takes of budgets in the same transaction.
    package let reservations: [Reservation]
    /// How many orders of other processes were known when what it admits was checked (``Journal/knownOrders``).
    package let knownOrders: Int?

    /// The version the call must have now; 0 when it is new.
    package var previousVersion: Int {
        call.version - events.count
    }

    package init(
        call: Call, events: [CallEvent], durability: Durability, reservations: [Reservation] = [],
        knownOrders: Int? = nil
    ) {
        self.knownOrders = knownOrders
        self.call = call
        self.events = events
        self.durability = durability
        self.reservations = reservations
    }
}

/// What somebody did to the gateway itself, or a request that was refused before it was a call.
package struct Act: Sendable, Hashable {
    package let at: Timestamp
    /// Stable, in kebab case, such as `vault-put`.
    package let kind: String
    package let by: String
    /// The agent that asked, where one did.
    package let agent: String?
    /// The tool that the act is about: the name that was asked for, whether or not there is such a tool.
    package let tool: String?
    /// The call that the act is about.
    package let call: CallID?
    package let details: JSONObject

    package init(
        _ kind: String, by: String, agent: String? = nil, tool: String? = nil, call: CallID? = nil,
        details: JSONObject = [:], at: Timestamp
    ) {
        self.kind = kind
        self.by = by
        self.agent = agent
        self.tool = tool
        self.call = call
        self.details = details
        self.at = at
    }
}

/// What one addition or act left in the journal.
package struct Entry: Sendable, Hashable {
    /// Counted from 1 without gaps.
    package let position: Int
    package let at: Timestamp
    /// The call, nil for acts.
    package let call: CallID?
    /// Events of the call, or one object that describes the act.
    package let body: [JSONValue]

    package init(position: Int, at: Timestamp, call: CallID?, body: [JSONValue]) {
        self.position = position
        self.at = at
        self.call = call
        self.body = body
    }
}

/// The basic filters of a search. Nil does not restrict. An act has a user (whoever did it), and an agent, a tool and a
/// call where it names them; it has no phase.
package struct EntryFilter: Sendable, Hashable {
    package var call: CallID?
    package var user: String?
    package var agent: String?
    package var tool: String?
    package var phase: Call.Phase?
    /// Only acts of these kinds.
    package var acts: Set<String>?
    package var since: Timestamp?
    package var until: Timestamp?
    /// Only entries before this position, for paging.
    package var before: Int?
    package var limit: Int

    package init(
        call: CallID? = nil, user: String? = nil, agent: String? = nil, tool: String? = nil, phase: Call.Phase? = nil,
        acts: Set<String>? = nil, since: Timestamp? = nil, until: Timestamp? = nil, before: Int? = nil, limit: Int = 100
    ) {
        self.call = call
        self.user = user
        self.agent = agent
        self.tool = tool
        self.phase = phase
        self.acts = acts
        self.since = since
        self.until = until
        self.before = before
        self.limit = limit
    }
}

/// The journal could not do what was asked.
package struct JournalFault: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// Nothing was recorded: no space, a locked or broken database.
        case unavailable
        /// The stored events are not what this version can read.
        case unreadable
    }

    package let code: Code
    /// For the log only.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
