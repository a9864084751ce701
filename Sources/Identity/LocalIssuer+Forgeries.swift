package import Core
import JSON

extension LocalIssuer {
    /// Tokens that must be refused, each with what is wrong with it.
    package func forgeries(
        of token: String, for user: User, audience: String, at now: Timestamp
    ) throws(UserFault) -> [(name: String, token: String)] {
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 3 else { return [] }
        func header(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) + "." + parts[1] + "." + parts[2] }
        var claims = (try? JSONParser.parse(Base64URL.decode(parts[1].utf8) ?? []))?.object ?? JSONObject()
        claims["sub"] = "somebody-else"
        let otherClaims = Base64URL.encode(JSONValue.object(claims).bytes)
        return [
            ("no signature", "\(parts[0]).\(parts[1])."),
            ("algorithm none", header(#"{"alg":"none","typ":"at+jwt"}"#)),
            ("algorithm HS256", header(#"{"alg":"HS256","typ":"at+jwt"}"#)),
            ("unknown key", header(#"{"alg":"EdDSA","typ":"at+jwt","kid":"another"}"#)),
            ("other claims under the same signature", "\(parts[0]).\(otherClaims).\(parts[2])"),
            ("signature cut short", String(token.dropLast(4))),
            ("signature of another token", "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))"),
            ("two tokens", token + "." + token), ("two parts", "\(parts[0]).\(parts[1])"),
            (
                "another audience",
                try self.token(for: user, agent: "examination", audience: audience + "/another", at: now)
            ),
            (
                "expired",
                try self.token(
                    for: user, agent: "examination", audience: audience, lifetimeSeconds: 60,
                    at: now.advanced(bySeconds: -86_400))
            ),
            (
                "from tomorrow",
                try self.token(
                    for: user, agent: "examination", audience: audience, at: now.advanced(bySeconds: 86_400))
            ),
        ]
    }
}
