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
                    cause: "requirement '\(requirement.id)' is not met"))
        }
    }

    /// The question is a call of its own, as the acting user, by its own rules; it never waits for a person.
    private func isMet(_ requirement: Requirement, for opened: OpenCall, in snapshot: Snapshot) async throws -> Bool {
        guard let question = requirement.question(for: opened.bound.arguments) else { return false }
        let answer: JSONValue?
        switch requirement.place {
        case .tool(let name):
            guard let tool = snapshot.catalogue[name], tool.isRead else { return false }
            answer = await ask(tool.name, question, for: opened.call.id, opened, in: snapshot)
        case .address(let address):
            answer = await snapshot.facts[address]?.ask(question)
            try await journal.record(
                Act(
                    "fact-asked", by: "system", agent: opened.bound.principal.agent, tool: opened.tool.name,
                    call: opened.call.id,
                    details: ["requirement": .string(requirement.id), "answered": .bool(answer != nil)], at: now()),
                durability: .withNext)
        }
        guard let answer else { return false }
        let now = now()
        return requirement.isMet(by: answer) { text in
            Timestamp(rfc3339: text).map { Int((now.microseconds - $0.microseconds) / 1_000_000) }
        }
    }
}
