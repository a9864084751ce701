import Core
package import JSON

/// The findings for code scanners (SARIF 2.1.0, OASIS 2020).
package func renderSARIF(_ report: ScanReport, version: String) -> JSONValue {
    renderSARIF(report.findings.map { ($0, nil) }, version: version)
}

/// The findings of a gateway for code scanners; what is accepted is suppressed with its reason (§3.35).
package func renderSARIF(_ report: GatewayReport, version: String) -> JSONValue {
    renderSARIF(
        report.findings.map { standing in
            (standing.finding, standing.acceptance.map { "\($0.by), until \($0.lastDay): \($0.reason)" })
        }, version: version)
}

private func renderSARIF(_ findings: [(finding: Finding, accepted: String?)], version: String) -> JSONValue {
    let kinds = FindingKind.allCases
    let rules: [JSONValue] = kinds.map { kind in
        [
            "id": .string(kind.rawValue), "name": .string(kind.title),
            "shortDescription": ["text": .string(kind.title)], "help": ["text": .string(kind.remedy)],
            "defaultConfiguration": ["level": .string(kind.severity.level)],
            "properties": ["security-severity": .string(kind.severity.number), "tags": ["security", "mcp"]],
        ]
    }
    let results: [JSONValue] = findings.map { finding, accepted in
        var region: JSONObject = [:]
        region.append("startLine", JSONValue(max(1, finding.line ?? 1)))
        var result: JSONObject = [
            "ruleId": .string(finding.kind.rawValue), "ruleIndex": JSONValue(kinds.firstIndex(of: finding.kind) ?? 0),
            "level": .string(finding.severity.level),
            "message": [
                "text": .string(
                    plain(shown("\(finding.tool ?? finding.subject): \(finding.evidence)", limit: 1_000)))
            ],
            "locations": [
                [
                    "physicalLocation": [
                        "artifactLocation": ["uri": .string(percentEncodedPath(finding.file))],
                        "region": .object(region),
                    ],
                    "logicalLocations": [["fullyQualifiedName": .string(shown(finding.subject, limit: 1_000))]],
                ]
            ],
            "partialFingerprints": ["finding/v1": .string(shown(finding.id, limit: 1_000))],
            "properties": ["security-severity": .string(finding.severity.number)],
        ]
        if let accepted {
            result.append(
                "suppressions", [["kind": "external", "justification": .string(shown(accepted, limit: 1_000))]])
        }
        return .object(result)
    }
    return [
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [
            [
                "tool": [
                    "driver": [
                        "name": "Sallyport", "version": .string(version), "rules": .array(rules),
                    ]
                ],
                "results": .array(results), "columnKind": "unicodeCodePoints",
            ]
        ],
    ]
}

extension Severity {
    fileprivate var level: String {
        switch self {
        case .low: "note"
        case .medium: "warning"
        case .high, .critical: "error"
        }
    }

    /// On the scale by which code scanners sort.
    fileprivate var number: String {
        switch self {
        case .low: "3.0"
        case .medium: "5.5"
        case .high: "8.0"
        case .critical: "9.5"
        }
    }
}

/// Text in which nothing is a link or a placeholder (SARIF 2.1.0 §3.11.5, §3.11.6).
private func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\", "[", "]": plain += "\\"
        case "{", "}": plain.unicodeScalars.append(scalar)
        default: break
        }
        plain.unicodeScalars.append(scalar)
    }
    return plain
}

/// A path as a relative URI reference (RFC 3986 §4.2).
private func percentEncodedPath(_ path: String) -> String {
    var encoded = ""
    for byte in path.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let hex = String(byte, radix: 16, uppercase: true)
            encoded += byte < 16 ? "%0\(hex)" : "%\(hex)"
        }
    }
    return encoded
}
