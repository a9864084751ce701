package import Core
import JSON

/// What comes back from whoever is told of calls: that somebody wants one approved or rejected. It is signed by the program
/// that sends it (Standard Webhooks 1.0), which proves nobody's identity, so it decides nothing.
package struct Wish: Sendable, Hashable {
    package var call: CallID
    package var isApproval: Bool
    /// The message's own id, by which a repeat is known.
    package var id: String
    /// Seconds since 1970, as signed.
    package var timestamp: Int
    package var signature: String
    package var body: [UInt8]

    /// - Returns: nil for what is no such message.
    init?(_ request: PageRequest) {
        guard request.headers["content-type"]?.hasPrefix("application/json") == true,
            let id = request.headers["webhook-id"], (1...256).contains(id.utf8.count),
            let timestamp = request.headers["webhook-timestamp"].flatMap({ Int($0) }),
            (0...253_402_300_799).contains(timestamp),
            let signature = request.headers["webhook-signature"], signature.utf8.count <= 1024,
            let body = try? JSONParser.parse(request.body).object,
            let call = body["call"]?.string.flatMap({ CallID($0) }),
            let verdict = body["verdict"]?.string, verdict == "approve" || verdict == "reject"
        else { return nil }
        self.call = call
        isApproval = verdict == "approve"
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
        self.body = request.body
    }
}
