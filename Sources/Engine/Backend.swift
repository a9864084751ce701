package import Core

/// A source that calls are dispatched to.
package protocol Backend: Sendable {
    /// Builds the request and makes sure that the user's credential is there. Nothing leaves.
    ///
    /// - Throws: ``Refusal`` when the call cannot be sent as this user.
    func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure

    /// Whether the source recognises a call of the tool that it was sent before, by its operation id, and answers it as it
    /// did then.
    func recognisesRepeats(of tool: Tool) -> Bool
}

extension Backend {
    package func recognisesRepeats(of tool: Tool) -> Bool { false }
}

/// A request that is ready to leave once there is a permit.
package struct Departure: Sendable {
    /// Reveals the credential, sends the request and reads the answer. Total: what goes wrong is a ``RawAnswer``.
    package let dispatch: @Sendable (consuming Permit) async -> RawAnswer

    package init(dispatch: @escaping @Sendable (consuming Permit) async -> RawAnswer) {
        self.dispatch = dispatch
    }
}
