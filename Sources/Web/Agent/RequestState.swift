import Core
import Engine
import JSON

/// What a client brings back with the repeat of a call that waits (2026-07-28, multi-round-trip requests): which call it
/// is, of which request, and how often it came back.
///
/// It gives no right: whether the call may run is read from the journal.
struct RequestState {
    let call: CallID
    /// What was asked: tool and arguments.
    let subject: Digest
    var round: Int

    init(_ call: CallID, _ request: ToolRequest, round: Int = 0) {
        self.call = call
        subject = Self.subject(of: request)
        self.round = round
    }

    /// - Returns: nil for text that was not issued here, to this principal and for this request.
    init?(_ text: String, of request: ToolRequest, sealedBy vault: any Vault, for principal: Principal) {
        guard let plain = SealedText.open(text, "request-state", for: principal, by: vault) else { return nil }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: " ").map(String.init)
        guard parts.count == 3, let call = CallID(parts[0]), let round = Int(parts[1]),
            let subject = Digest(hex: parts[2]), subject == Self.subject(of: request)
        else { return nil }
        self.call = call
        self.subject = subject
        self.round = round
    }

    func text(sealedBy vault: any Vault, for principal: Principal) -> String? {
        SealedText.seal(
            Array("\(call.text) \(round) \(subject.hex)".utf8), "request-state", for: principal, by: vault)
    }

    private static func subject(of request: ToolRequest) -> Digest {
        let value: JSONValue = [.string(request.name), .object(request.arguments)]
        return Digest(of: value.canonicalBytes(.exact) ?? value.bytes)
    }
}
