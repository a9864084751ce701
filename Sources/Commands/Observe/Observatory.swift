import Core
import Engine
import JSON
import Settings
import Telemetry
import Vault
import Web

/// Answers operators and their programs: whether the process lives, whether it can serve, and its figures.
struct Observatory: Sendable {
    let house: House
    let settings: ObserveSettings

    func answer(_ request: ObserveRequest) async -> ObserveReply {
        // Also what says little: each question after readiness may write to the journal, and no page is to make it.
        guard !request.isFromPage, settings.isRemote || request.isToLoopback else { return ObserveReply(status: 403) }
        guard request.method == "GET" else { return ObserveReply(status: 405) }
        switch request.path {
        case "/healthz": return ObserveReply(status: 200, contentType: "application/json", body: Array("{}".utf8))
        case "/readyz":
            let health = await house.health()
            return ObserveReply(
                status: health.isReady ? 200 : 503, contentType: "application/json", body: health.json.bytes + [0x0A])
        case "/metrics":
            if let status = await objection(to: request) { return ObserveReply(status: status) }
            return ObserveReply(
                status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(renderMetrics(await house.families()).utf8))
        default: return ObserveReply(status: 404)
        }
    }

    /// The status that refuses who may not see figures; nil where they may.
    private func objection(to request: ObserveRequest) async -> Int? {
        // Without a secret it is on loopback only (``ObserveReader``).
        guard let name = settings.secret else { return nil }
        guard let token = request.token else { return 401 }
        // Digests are compared, so that the time says nothing of the token.
        let presented = Digest(of: Array(token.utf8))
        let isRight = try? await house.vault.withSecret(name, for: .source) { Digest(of: $0.bytes) == presented }
        return isRight == true ? nil : 401
    }
}
