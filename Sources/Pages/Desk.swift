package import Core
package import Engine

/// What the pages ask of the gateway.
package struct Desk: Sendable {
    /// Somebody who signed in.
    package struct Person: Sendable, Hashable {
        package var name: String
        package var roles: Set<String>
        /// Changes with their password, which ends their sessions.
        package var credential: Digest

        package init(name: String, roles: Set<String>, credential: Digest) {
            self.name = name
            self.roles = roles
            self.credential = credential
        }
    }

    /// A person behind a name and a password; what to tell them otherwise.
    package var signIn: @Sendable (_ name: String, _ password: String) async -> Result<Person, Notice>
    /// A person who signed in before, as they are now; nil when they may not act any more.
    package var person: @Sendable (_ name: String) async -> Person?
    package var waiting: @Sendable () async throws -> [Call]
    package var call: @Sendable (CallID) async throws -> Call?
    /// A person as the rules see them for a call.
    package var approver: @Sendable (Call, Person) async -> Approver
    package var decide: @Sendable (CallID, ApproverAnswer, Person) async throws -> Call
    package var withdraw: @Sendable (CallID, Person) async throws -> Call
    /// Takes note of a wish. Fails where it is not signed by who may send it, or is too old, or came before.
    package var wish: @Sendable (Wish) async throws -> Void
    package var now: @Sendable () -> Timestamp
    package var shelf: Shelf

    /// A sentence for the person who cannot be let in.
    package struct Notice: Error, Sendable, Hashable {
        package var text: String

        package init(_ text: String) {
            self.text = text
        }
    }

    package init(
        signIn: @escaping @Sendable (_ name: String, _ password: String) async -> Result<Person, Notice>,
        person: @escaping @Sendable (_ name: String) async -> Person?,
        waiting: @escaping @Sendable () async throws -> [Call],
        call: @escaping @Sendable (CallID) async throws -> Call?,
        approver: @escaping @Sendable (Call, Person) async -> Approver,
        decide: @escaping @Sendable (CallID, ApproverAnswer, Person) async throws -> Call,
        withdraw: @escaping @Sendable (CallID, Person) async throws -> Call,
        wish: @escaping @Sendable (Wish) async throws -> Void = { _ in throw Refusal(.denied, "Nobody sends any.") },
        now: @escaping @Sendable () -> Timestamp, shelf: Shelf = Shelf()
    ) {
        self.signIn = signIn
        self.person = person
        self.waiting = waiting
        self.call = call
        self.approver = approver
        self.decide = decide
        self.withdraw = withdraw
        self.wish = wish
        self.now = now
        self.shelf = shelf
    }
}
