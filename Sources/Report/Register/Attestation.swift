package import Core

/// A named person's word for what no program can see. It earns no points and expires.
package struct Attestation: Sendable, Hashable {
    package enum Subject: String, Sendable, Hashable, CaseIterable {
        case incidentProcess = "incident-process"
        case identityApproval = "identity-approval"
        case compliance
        case descriptions

        package var title: String {
            switch self {
            case .incidentProcess: "The incident process for agents is documented"
            case .identityApproval: "The identity team approved how agents sign in"
            case .compliance: "Compliance requirements were validated"
            case .descriptions: "Descriptions of tools were reviewed"
            }
        }
    }

    package var subject: Subject
    package var by: String
    package var at: Timestamp
    /// Where the evidence is.
    package var link: String
    package var note: String?
    /// The first moment at which it holds no more.
    package var until: Timestamp

    /// The last day on which it holds, as `YYYY-MM-DD`.
    package var lastDay: String { until.advanced(bySeconds: -1).date }

    package func holds(at now: Timestamp) -> Bool { now < until }
}
