package import Core
package import JSON
package import Synchronization
package import Telemetry

/// The gate that every call passes: its parts, and what it takes from the world.
package final class Gate: Sendable {
    package let journal: any Journal
    package let vault: any Vault
    package let now: @Sendable () -> Timestamp
    package let newCallID: @Sendable (Timestamp) -> CallID
    /// How many calls of one principal may wait for a person, so that no agent can flood whoever decides.
    package let maxWaiting: Int
    /// What an operator stopped.
    package let admissions: Admissions
    /// Who decides in whose place.
    package let delegations: Mutex<Delegations>
    /// Whether somebody who decided is still a user.
    package let isActive: @Sendable (String) async throws -> Bool
    /// Whether a principal that was proven a while ago may still act.
    let isCurrent: @Sendable (Principal) async throws -> Bool
    /// The principal of an earlier call as it is now, whether or not its token still holds; nil where the user is none any
    /// more.
    let actor: @Sendable (Principal) async throws -> Principal?
    /// Hears of every call that begins to wait for people. Returns at once.
    let onProposal: @Sendable (Call) -> Void
    /// Hears of every call that may run without its client, with who asks for it, if anybody does. Returns at once.
    let onApproval: @Sendable (CallID, Principal?) -> Void
    /// Makes orders that other processes gave known here.
    let refresh: @Sendable () async throws -> Void
    /// Ends after so many seconds, or throws when its task is cancelled.
    let pause: @Sendable (Int) async throws -> Void
    /// The trace of a call whose client named one, or none; nil where there is none.
    let trace: @Sendable (TraceParent?) -> Trace?
    /// Hears of every request for a tool once it has its reply; nil where nobody does, and then nothing is timed. Returns
    /// at once.
    let onReply: (@Sendable (Course) -> Void)?
    /// Whether anybody hears what becomes of calls.
    package var isObserved: Bool { onReply != nil }
    package let decisions = Decisions()
    let late = LateRefusals()
    let rates = Rates()
    let paces = Paces()
    package let breakers = Breakers()
    let conversations = Conversations()
    let allotments = Allotments()
    let refusals = RefusalFold()
    let unrecorded = UnrecordedOutcomes()

    package init(
        journal: any Journal, vault: any Vault, now: @escaping @Sendable () -> Timestamp, maxWaiting: Int = 50,
        admissions: Admissions = Admissions(), delegations: Delegations = Delegations(),
        isActive: @escaping @Sendable (String) async throws -> Bool = { _ in true },
        isCurrent: @escaping @Sendable (Principal) async throws -> Bool = { _ in true },
        actor: @escaping @Sendable (Principal) async throws -> Principal? = { $0 },
        onProposal: @escaping @Sendable (Call) -> Void = { _ in },
        onApproval: @escaping @Sendable (CallID, Principal?) -> Void = { _, _ in },
        refresh: @escaping @Sendable () async throws -> Void = {},
        pause: @escaping @Sendable (Int) async throws -> Void = { try await Task.sleep(for: .seconds($0)) },
        trace: @escaping @Sendable (TraceParent?) -> Trace? = { _ in nil },
        onReply: (@Sendable (Course) -> Void)? = nil,
        newCallID: @escaping @Sendable (Timestamp) -> CallID
    ) {
        self.journal = journal
        self.vault = vault
        self.now = now
        self.maxWaiting = maxWaiting
        self.admissions = admissions
        self.delegations = Mutex(delegations)
        self.isActive = isActive
        self.isCurrent = isCurrent
        self.actor = actor
        self.onProposal = onProposal
        self.onApproval = onApproval
        self.refresh = refresh
        self.pause = pause
        self.trace = trace
        self.onReply = onReply
        self.newCallID = newCallID
    }
}

extension Gate {
    /// Notes how many processes there are on the journal's database, among which rates are divided.
    package func divideRates(among processes: Int) {
        rates.divide(among: processes)
    }
}

/// A tool call as it came from the client.
package struct ToolRequest: Sendable {
    package var name: String
    package var arguments: JSONObject
    /// The client's own key for this call; a key that is known gets the known call's outcome.
    package var idempotencyKey: String?
    /// The id of an earlier call that this one repeats.
    package var repeats: CallID?
    package var trace: String?
    /// The call for whose sake the gateway itself asks.
    var partOf: CallID?
    /// Whether nobody waits: then nothing new is proposed, and what may act is asked once more.
    var isDetached = false

    package init(
        name: String, arguments: JSONObject, idempotencyKey: String? = nil, repeats: CallID? = nil,
        trace: String? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.idempotencyKey = idempotencyKey
        self.repeats = repeats
        self.trace = trace
    }

    /// A request of the gateway's own, for the sake of a call.
    init(name: String, arguments: JSONObject, trace: String?, partOf: CallID) {
        self.init(name: name, arguments: arguments, trace: trace)
        self.partOf = partOf
    }
}

/// What the agent gets.
package enum Reply: Sendable {
    case answer(SafeAnswer, call: CallID)
    /// The outcome of a call that already ran, with its answer where it is still kept.
    indirect case earlier(SafeAnswer?, call: Call)
    /// Waiting for a human.
    indirect case pending(Call)
    indirect case refused(Refusal, call: CallID?)
}
