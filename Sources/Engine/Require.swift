import Core
import JSON
import Policy

extension Gate {
    /// Asks for every fact that rules demand. No answer means no.
    @inline(never)
    func require(_ requirements: [Requirement], for opened: OpenCall, in snapshot: Snapshot) async throws {
        for requirement in requirements where try await !isMet(requirement, for: opened, in: snapshot) {
            throw try await refuse(
                opened,
                Refusal(
                    .preconditionFailed,
                    "This call needs '\(requirement.id)', which is not there now. Nothing was done; repeat the call once it is.",
                    cause: "requirement '\(requirement.id)' asked with \(requirement.tool)"))
        }
    }

    /// The question is a call of its own, as the acting user, by its own rules; it never waits for a person.
    private func isMet(_ requirement: Requirement, for opened: OpenCall, in snapshot: Snapshot) async throws -> Bool {
        guard let question = requirement.question(for: opened.bound.arguments),
            let tool = snapshot.catalogue[requirement.tool], tool.isRead,
            let answer = await ask(tool.name, question, for: opened.call.id, opened, in: snapshot)
        else { return false }
        let now = now()
        return requirement.isMet(by: answer) { text in
            Timestamp(rfc3339: text).map { Int((now.microseconds - $0.microseconds) / 1_000_000) }
        }
    }
}
