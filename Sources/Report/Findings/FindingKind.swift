/// The kinds of findings. The spellings are stable: findings are tracked by them, and rules of code scanners are named so.
package enum FindingKind: String, Sendable, Hashable, CaseIterable {
    case unauthenticatedOperation = "unauthenticated-operation"
    case undeclaredScope = "undeclared-scope"
    case sharedCredential = "shared-credential"
    case broadPermission = "broad-permission"
    case secretInAddress = "secret-in-address"
    case undeclaredAnswer = "undeclared-answer"
    case openArguments = "open-arguments"
    case dangerousCombination = "dangerous-combination"
    case contradiction
    case unclearRisk = "unclear-risk"
    case hiddenInstruction = "hidden-instruction"
    case hiddenCharacters = "hidden-characters"
    case missingDescription = "missing-description"
    case duplicateDescription = "duplicate-description"
    case misleadingDescription = "misleading-description"
    case longDescription = "long-description"
    case skippedOperation = "skipped-operation"
    case secretInDocument = "secret-in-document"
    case ungatedTool = "ungated-tool"
    case looseBucket = "loose-bucket"
    case sharedData = "shared-data"
    case staleCredential = "stale-credential"
    case ownerlessTool = "ownerless-tool"
    case changedDefinition = "changed-definition"
    case changedRisk = "changed-risk"
    case changedOwner = "changed-owner"
    case newOperation = "new-operation"
    case unreadableSource = "unreadable-source"
    case weakControl = "weak-control"
    case scoreCap = "score-cap"
    case missingAttestation = "missing-attestation"

    package var title: String {
        switch self {
        case .unauthenticatedOperation: "Operation without authentication"
        case .undeclaredScope: "Nothing says who a call acts as"
        case .sharedCredential: "Credential shared by all users"
        case .broadPermission: "No permission of its own"
        case .secretInAddress: "Secret in the address"
        case .undeclaredAnswer: "Answer without declared fields"
        case .openArguments: "Argument that takes anything"
        case .dangerousCombination: "Private data, foreign content and a way out together"
        case .contradiction: "Contradiction about what an operation does"
        case .unclearRisk: "Unclear what an operation does"
        case .hiddenInstruction: "Text that speaks to a model"
        case .hiddenCharacters: "Characters that a reader does not see"
        case .missingDescription: "No description"
        case .duplicateDescription: "Same description as another tool"
        case .misleadingDescription: "Description says less than the operation does"
        case .longDescription: "Very long description"
        case .skippedOperation: "Operation that cannot be read"
        case .secretInDocument: "Text with the form of a secret"
        case .ungatedTool: "What destroys runs without asking"
        case .looseBucket: "Bucket looser than the risk suggests"
        case .sharedData: "Same data for every user"
        case .staleCredential: "Credential older than 90 days"
        case .ownerlessTool: "Tool without an owner"
        case .changedDefinition: "Definition changed in the source"
        case .changedRisk: "Another risk than when it was looked at"
        case .changedOwner: "Another owner than when it was looked at"
        case .newOperation: "New operation in the source"
        case .unreadableSource: "Source that cannot be read any more"
        case .weakControl: "Control that is not, or not wholly, shown"
        case .scoreCap: "Something that caps the score"
        case .missingAttestation: "Nobody attests it"
        }
    }

    /// What it is where nothing makes it worse.
    package var severity: Severity {
        switch self {
        case .hiddenInstruction, .ungatedTool: .critical
        case .changedDefinition, .changedRisk, .unreadableSource, .scoreCap: .high
        case .secretInDocument, .looseBucket, .staleCredential, .changedOwner: .medium
        case .sharedData, .ownerlessTool, .newOperation, .weakControl, .missingAttestation: .low
        case .unauthenticatedOperation, .secretInAddress, .dangerousCombination, .hiddenCharacters, .skippedOperation:
            .high
        case .undeclaredScope, .contradiction, .misleadingDescription: .medium
        case .sharedCredential, .broadPermission, .undeclaredAnswer, .openArguments, .unclearRisk, .missingDescription,
            .duplicateDescription, .longDescription:
            .low
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .unauthenticatedOperation:
            "Declare a security requirement for the operation and enforce it in the product; until then keep it out."
        case .undeclaredScope:
            "Let the operation take the user's own credential, or bind an argument to the acting user; then declare the scope."
        case .sharedCredential:
            "Prefer the user's own credential: a bound argument is only as good as the product's check of it."
        case .broadPermission:
            "Give the operation a permission of its own (an OAuth scope), so that a credential can be narrowed to it."
        case .secretInAddress:
            "Move the secret into a header; addresses end up in logs, histories and referrers."
        case .undeclaredAnswer:
            "Declare a schema for the successful answer; what it does not name is left out before an agent sees it."
        case .openArguments: "Declare what the argument may hold, so that anything else is refused."
        case .dangerousCombination:
            "Keep the tools that send or publish behind approval, or in a role that cannot read foreign content."
        case .contradiction: "Decide what the operation does, and let method, name and description say the same."
        case .unclearRisk: "Name the operation after what it does, or set its bucket with a reason."
        case .hiddenInstruction: "Remove the text. Ask who wrote it: descriptions are read by every agent."
        case .hiddenCharacters: "Remove the characters; they are stripped before an agent sees the text."
        case .missingDescription: "Say in a sentence what the operation does."
        case .duplicateDescription: "Say what sets the operation apart; a model chooses by the description."
        case .misleadingDescription: "Name the effect in the description."
        case .longDescription: "Keep what a caller needs, and move the rest into the documentation."
        case .skippedOperation: "Correct the document at this place; what is not read is not in the inventory."
        case .secretInDocument: "If it is one, withdraw it and take it out; if it is made up, say so in the document."
        case .ungatedTool: "Let policy ask for every call of it, or put it into never."
        case .looseBucket: "Put it back into the suggested bucket, or accept it with a reason and an end."
        case .sharedData: "Give the source a credential for each user, or bind an argument to who calls."
        case .staleCredential: "Put a new version: 'sallyport vault put'."
        case .ownerlessTool: "Name an owner for the source or the tool."
        case .changedDefinition: "Look at the change in the source's document; then 'sallyport tools review'."
        case .changedRisk: "Look whether bucket and policy still fit; then 'sallyport tools review'."
        case .changedOwner: "Make sure that the new owner knows; then 'sallyport tools review'."
        case .newOperation: "List it in the configuration with a bucket; never is one."
        case .unreadableSource: "Correct the document, or point the source at one that can be read."
        case .weakControl: "See the control's own remedy."
        case .scoreCap: "Take the cause away; no strength elsewhere makes up for it."
        case .missingAttestation: "Let the person who knows say so: 'sallyport attest'."
        }
    }
}
