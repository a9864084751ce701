import Core
import Engine
import JSON
import Notices
import Pages
import Settings

extension House {
    /// How old a signed message may be, and how far ahead a clock.
    static let wishSeconds = 300

    /// Takes note of what somebody wants whom a program speaks for. Whoever it is decides on the page, as themselves.
    func note(_ wish: Wish) async throws {
        let now = gate.now()
        let age = now.seconds - wish.timestamp
        var sender: String?
        if (-Self.wishSeconds...Self.wishSeconds).contains(age) {
            for webhook in inForce.value.webhooks where webhook.replies && sender == nil {
                let isSigned = try await vault.withSecret(webhook.secret, for: .source) { secret in
                    Webhook.isSigned(wish.signature, wish.body, id: wish.id, at: wish.timestamp, key: secret.bytes)
                }
                if isSigned == true { sender = webhook.url.split(separator: "?").first.map(String.init) }
            }
        }
        let isNew = sender != nil && wishes.take(wish.id)
        guard let sender, isNew else {
            try await gate.recordRefusedWish(of: wish.call)
            throw Refusal(
                .denied,
                sender == nil
                    ? "The message is not signed by who may send it, or is older than \(Self.wishSeconds / 60) minutes."
                    : "The message came before.")
        }
        try await gate.journal.record(
            Act(
                "decision-wished", by: "webhook", call: wish.call,
                details: ["webhook": .string(sender), "verdict": .string(wish.isApproval ? "approve" : "reject")],
                at: now), durability: .now)
    }
}
