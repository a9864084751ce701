/// What a running gateway is rated by, 100 points in all.
package enum Control: String, Sendable, Hashable, CaseIterable {
    case reach = "A1"
    case forgedTokens = "A2"
    case ownCredential = "A3"
    case tokenLife = "A4"
    case approverIdentity = "A5"
    case defaultDeny = "B1"
    case never = "B2"
    case usedOfGranted = "B3"
    case narrowPermission = "B4"
    case removal = "B5"
    case gate = "C1"
    case singleUse = "C2"
    case separation = "C3"
    case oversightQuality = "C4"
    case durability = "D1"
    case verification = "D2"
    case checkpoint = "D3"
    case completeness = "D4"
    case retention = "D5"
    case canary = "E1"
    case sealing = "E2"
    case rotation = "E3"
    case secretsInTheClear = "E4"
    case strictParsing = "F1"
    case addressGuard = "F2"
    case requestShape = "F3"
    case answers = "F4"
    case budgets = "G1"
    case budgetsInParallel = "G2"
    case killSwitch = "G3"
    case pinned = "H1"
    case texts = "H2"
    case combinations = "H3"
    case inventory = "H4"

    package var area: Area {
        switch rawValue.first {
        case "A": .identity
        case "B": .leastPrivilege
        case "C": .oversight
        case "D": .audit
        case "E": .secrets
        case "F": .inputAndEgress
        case "G": .blastRadius
        default: .integrity
        }
    }

    package var points: Double {
        switch self {
        case .gate: 5
        case .reach, .forgedTokens, .defaultDeny, .never, .usedOfGranted, .narrowPermission, .canary: 4
        case .ownCredential, .approverIdentity, .singleUse, .separation, .oversightQuality, .durability, .verification,
            .checkpoint, .completeness, .sealing, .secretsInTheClear, .strictParsing, .addressGuard, .requestShape,
            .answers, .budgets, .pinned:
            3
        case .tokenLife, .removal, .retention, .rotation, .budgetsInParallel, .texts, .combinations: 2
        case .killSwitch, .inventory: 1
        }
    }
}
