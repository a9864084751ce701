import Core
import MCP

/// How a client hears what becomes of a call that waits for people: the best that both sides can.
///
/// Deciding is left to people who prove who they are, so a form, which a client could fill in by itself, serves for nothing
/// but the confirmation of the acting user, and where the rule takes that.
enum Way: Sendable, Hashable {
    /// The client gets a task to look at.
    case task
    /// The client opens the call's page, and comes back with the state it was given (2026-07-28).
    case link
    /// The client is told of the call's page by an error, and repeats the call (2025-11-25).
    case linkError
    /// The client asks its user, and comes back with the answer (2026-07-28).
    case form
    /// The client is asked while its request is open (before 2026-07-28).
    case question
    /// The client repeats the call. Any client can.
    case again

    /// - Parameters:
    ///   - hasPage: whether the call has a page.
    ///   - canAsk: whether the request's answer can carry a question.
    init(_ call: Call, _ version: ProtocolVersion, _ client: ClientAbilities, hasPage: Bool, canAsk: Bool) {
        // Whoever has to act is the client's own user.
        let isOwn = call.awaitsConfirmation
        let opensPage = hasPage && client.opensLinks
        let takesForm = call.takesForm && client.showsForms
        switch version.era {
        case .modern:
            if isOwn, opensPage {
                self = .link
            } else if takesForm {
                self = .form
            } else if client.pollsTasks {
                self = .task
            } else {
                self = opensPage ? .link : .again
            }
        case .legacy:
            if version == .v2025_11_25, opensPage {
                self = .linkError
            } else {
                self = takesForm && canAsk ? .question : .again
            }
        }
    }
}
