extension Control {
    /// The file below `Tests` that proves that the control works and can fail; nil where this version has nothing to prove.
    package var proof: String? {
        switch self {
        case .reach: "CommandsTests/Probes/TwinTests.swift"
        case .forgedTokens: "IdentityTests/ForgedTokenTests.swift"
        case .ownCredential: "EngineTests/ServeTests.swift"
        case .tokenLife: "IdentityTests/LocalIssuerTests.swift"
        case .approverIdentity: nil
        case .defaultDeny: "PolicyTests/PolicyLaws.swift"
        case .never: "EngineTests/ServeTests.swift"
        case .usedOfGranted: "CommandsTests/GatewayReportTests.swift"
        case .narrowPermission: nil
        case .removal: "CommandsTests/Probes/TwinTests.swift"
        case .gate: "SettingsTests/ExamineTests.swift"
        case .singleUse: "EngineTests/ApproveTests.swift"
        case .separation: "EngineTests/ApproveTests.swift"
        case .oversightQuality: "CommandsTests/GatewayReportTests.swift"
        case .durability: "StoreTests/Conformance/FaultTests.swift"
        case .verification: "EvidenceTests/VerifierTests.swift"
        case .checkpoint: "TransparencyLogTests/CosignatureTests.swift"
        case .retention: "StoreTests/Log/PrunerTests.swift"
        case .completeness: "CommandsTests/GatewayReportTests.swift"
        case .canary: "CommandsTests/Probes/TwinTests.swift"
        case .sealing: "VaultTests/SealedVaultTests.swift"
        case .rotation: "CommandsTests/GatewayReportTests.swift"
        case .secretsInTheClear: "CoreTests/TokenShapeTests.swift"
        case .strictParsing: "MCPTests/LadderTests.swift"
        case .addressGuard: "BackendsTests/HTTP/AddressRuleTests.swift"
        case .requestShape: "OpenAPITests/RequestLaws.swift"
        case .answers: "CoreTests/ShapeTests.swift"
        case .budgets: "EngineTests/BudgetTests.swift"
        case .budgetsInParallel: nil
        case .killSwitch: "EngineTests/AdmissionsTests.swift"
        case .pinned: "ReportTests/Register/CompareToolsTests.swift"
        case .texts: "ReportTests/Text/TextFlawTests.swift"
        case .combinations: "SettingsTests/ExamineTests.swift"
        case .inventory: "ReportTests/Register/CompareToolsTests.swift"
        }
    }
}
