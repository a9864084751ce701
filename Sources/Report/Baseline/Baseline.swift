package import JSON

/// What an earlier scan found, as far as a later one is compared with it.
package struct Baseline: Sendable {
    package struct Tool: Sendable, Hashable {
        package var level: String
        package var bucket: String
    }

    /// Why a file cannot serve as a baseline, as the rest of a sentence that begins with the file.
    package struct Flaw: Error, Sendable, Hashable {
        package let message: String
    }

    package var time: String
    /// By method and path.
    package var tools: [String: Tool]
    /// Severities by the findings' ids.
    package var findings: [String: Severity]
    package var suggested: Int?
    package var asIs: Int?

    /// Reads the JSON rendering of an earlier scan.
    package init(_ value: JSONValue) throws(Flaw) {
        guard let format = value["format"]?.string else { throw Flaw(message: "is no scan in JSON") }
        guard format == scanFormat else {
            throw Flaw(
                message: "is a scan of another form, '\(shown(format, limit: 40))'; this version reads \(scanFormat)")
        }
        guard let tools = value["tools"]?.array, let findings = value["findings"]?.array else {
            throw Flaw(message: "lacks tools or findings")
        }
        time = value["time"]?.string ?? ""
        self.tools = [:]
        for tool in tools {
            guard let method = tool["method"]?.string, let path = tool["path"]?.string,
                let level = tool["level"]?.string,
                let bucket = tool["bucket"]?.string
            else { throw Flaw(message: "has a tool of another form") }
            self.tools["\(method) \(path)"] = Tool(level: level, bucket: bucket)
        }
        self.findings = [:]
        for finding in findings {
            guard let id = finding["id"]?.string,
                let severity = finding["severity"]?.string.flatMap({ Severity(rawValue: $0) })
            else { throw Flaw(message: "has a finding of another form") }
            self.findings[id] = severity
        }
        suggested = value["exposure"]?["suggested"]?["total"]?.int
        asIs = value["exposure"]?["as_is"]?["total"]?.int
    }
}
