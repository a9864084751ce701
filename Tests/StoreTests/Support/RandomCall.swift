import Core
import JSON
import Policy
import TestSupport

extension SplitMix64 {
    /// Text that tries what storage may stumble over.
    mutating func text() -> String {
        let parts = ["a", "é", "e\u{301}", "\u{212A}", "\"", "\\", "\n", "\u{0}", "👩‍👧", "'", "$1", "\u{2028}", "x y"]
        return (0..<Int.random(in: 0...6, using: &self)).map { _ in parts.randomElement(using: &self) ?? "" }.joined()
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 5 : 7), using: &self) {
        case 0: .null
        case 1: .bool(.random(using: &self))
        case 2: .number(JSONNumber(Int.random(in: .min ... .max, using: &self)))
        case 3: JSONNumber("1.10e+5").map { .number($0) } ?? .null
        case 4: .string(text())
        case 5: .array((0..<Int.random(in: 0...3, using: &self)).map { _ in value(depth: depth + 1) })
        default: .object(object(depth: depth + 1))
        }
    }

    mutating func object(depth: Int = 0) -> JSONObject {
        JSONObject(
            members: (0..<Int.random(in: 0...4, using: &self)).map { index in
                JSONObject.Member(key: "\(index)\(text())", value: value(depth: depth))
            })
    }

    mutating func strings() -> Set<String> {
        // Distinct also under canonical equivalence, by which sets compare.
        Set((0..<Int.random(in: 0...3, using: &self)).map { "\($0)\(text())" })
    }

    mutating func principal() -> Principal {
        Principal(
            user: text(), agent: text(), tenant: .random(using: &self) ? text() : nil, roles: strings(),
            issuer: text(), scopes: strings(),
            expires: Timestamp(microseconds: .random(in: .min ... .max, using: &self)))
    }

    /// The next event that fits a call, nil when nothing does.
    mutating func event(after call: Call) -> CallEvent.Kind? {
        switch call.phase {
        case .opened:
            let effect = Effect.allCases.randomElement(using: &self) ?? .deny
            return .decided(
                Decision(
                    effect: effect, isCertain: true, because: [text()], errors: [text()],
                    demands: effect == .ask
                        ? (0..<Int.random(in: 0...2, using: &self)).map { number in
                            ApprovalDemand(roles: ["r\(number)"], expiresAfter: 60, repeatWindow: 5)
                        } : [], policyVersion: text()))
        case .decided:
            switch call.decision?.effect {
            case .allow: return .admitted
            case .ask: return .proposed(expires: Timestamp(microseconds: .random(in: .min ... .max, using: &self)))
            case .deny, nil: return nil
            }
        case .proposed:
            let verdict = Verdict(
                by: "\(call.version)\(text())", roles: ["r\(call.verdicts.count)", text()],
                reason: .random(using: &self) ? text() : nil, channel: text())
            switch Int.random(in: 0..<6, using: &self) {
            case 0: return .rejected(verdict)
            case 1: return .expired
            case 2: return .withdrawn(by: text())
            default: return .approved(verdict)
            }
        case .approved:
            return .random(using: &self) ? .admitted : .expired
        case .admitted:
            return .settled(
                Outcome(
                    kind: Outcome.Kind.allCases.randomElement(using: &self) ?? .unknown,
                    status: .random(using: &self) ? 200 : nil, code: Refusal.Code.allCases.randomElement(using: &self),
                    cause: .random(using: &self) ? text() : nil, latency: .random(in: 0 ... .max, using: &self),
                    bytes: .random(in: 0 ... .max, using: &self)))
        case .rejected, .expired, .withdrawn, .settled: return nil
        }
    }
}
