/// What a document can tell about safety. Areas and points are those of the score of a running gateway; what only a running
/// gateway shows has no check here.
package enum Check: String, Sendable, Hashable, CaseIterable {
    case reach = "A1"
    case ownCredential = "A3"
    case defaultDeny = "B1"
    case never = "B2"
    case narrowPermission = "B4"
    case gate = "C1"
    case secrets = "E4"
    case arguments = "F3"
    case answers = "F4"
    case pinned = "H1"
    case texts = "H2"
    case combinations = "H3"
    case inventory = "H4"

    package var area: Area {
        switch self {
        case .reach, .ownCredential: .identity
        case .defaultDeny, .never, .narrowPermission: .leastPrivilege
        case .gate: .oversight
        case .secrets: .secrets
        case .arguments, .answers: .inputAndEgress
        case .pinned, .texts, .combinations, .inventory: .integrity
        }
    }

    package var title: String {
        switch self {
        case .reach: "Nothing is reached without authentication"
        case .ownCredential: "Calls act with the user's own rights"
        case .defaultDeny: "What nobody allowed is denied"
        case .never: "What no agent should hold has no tool"
        case .narrowPermission: "Credentials can be narrowed to what is exposed"
        case .gate: "What changes state waits for a human"
        case .secrets: "No secrets in addresses"
        case .arguments: "Arguments are checked against a schema"
        case .answers: "Answers are reduced to declared fields"
        case .pinned: "Definitions are pinned"
        case .texts: "Descriptions hold nothing for a model alone"
        case .combinations: "No ungated way from foreign content to the outside"
        case .inventory: "The inventory is complete"
        }
    }

    package var points: Double {
        switch self {
        case .reach, .defaultDeny, .never, .narrowPermission: 4
        case .ownCredential, .secrets, .arguments, .answers, .pinned: 3
        case .gate: 5
        case .texts, .combinations: 2
        case .inventory: 1
        }
    }

    /// The findings that cost its points.
    package var findings: [FindingKind] {
        switch self {
        case .reach: [.unauthenticatedOperation]
        case .ownCredential: [.undeclaredScope, .sharedCredential]
        case .narrowPermission: [.broadPermission]
        case .secrets: [.secretInAddress]
        case .arguments: [.openArguments]
        case .answers: [.undeclaredAnswer]
        case .texts: [.hiddenInstruction, .hiddenCharacters]
        case .combinations: [.dangerousCombination]
        case .inventory: [.skippedOperation]
        case .defaultDeny, .never, .gate, .pinned: []
        }
    }

    /// The file below `Tests` that proves that the check works and can fail.
    package var proof: String {
        switch self {
        case .reach, .ownCredential, .narrowPermission: "SettingsTests/ScanFactsTests.swift"
        case .defaultDeny: "SettingsTests/InitialConfigurationTests.swift"
        case .never, .gate: "ReportTests/Exposure/ExposureTests.swift"
        case .secrets, .arguments, .answers, .combinations, .inventory: "ReportTests/Findings/FindProblemsTests.swift"
        case .pinned: "ReportTests/Register/CompareToolsTests.swift"
        case .texts: "ReportTests/Text/TextFlawTests.swift"
        }
    }
}
