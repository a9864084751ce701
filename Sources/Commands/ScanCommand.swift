import ArgumentParser
import Documents
import Foundation
import JSON
import OpenAPI
import Report
import Settings

struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Tell what an OpenAPI document would expose to agents, as it is and as suggested.",
        discussion: """
            Prints a report: how safe the whole is (0 to 100, 100 is safest), what should change, what tools there are, who \
            reaches them, what needs approval and what no agent should hold. A function of the document, no model involved.

            Exit status: 0 when the document was rated and no condition failed; 1 when it cannot be read, or nothing in it \
            is an OpenAPI document; 2 when a condition (--fail-under, --fail-on) failed, with a line on standard error for \
            each reason; 3 when it is not rated, because it has no operation that could be a tool; 64 for a wrong command line.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, html, markdown, json, sarif
    }

    @Argument(help: "The OpenAPI document (2.0, 3.0 or 3.1; JSON or YAML).")
    var spec: String

    @Option(help: "How to write the report: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: Format?

    @Flag(help: "Print JSON, as --format json.")
    var json = false

    @Option(name: [.short, .long], help: "Where to write the report; standard output otherwise.")
    var output: String?

    @Flag(help: "List every tool in the text as well.")
    var all = false

    @Option(help: ArgumentHelp("Fail below so many points under the suggested configuration.", valueName: "points"))
    var failUnder: Int?

    @Option(help: ArgumentHelp("Fail on a finding of this severity or a graver one.", valueName: "severity"))
    var failOn: Severity?

    @Option(help: ArgumentHelp("Compare with the JSON report of an earlier scan.", valueName: "file"))
    var baseline: String?

    func validate() throws {
        if let failUnder, !(0...100).contains(failUnder) { throw ValidationError("--fail-under takes 0 to 100") }
        if json, format != nil, format != .json { throw ValidationError("--json and --format say different things") }
    }

    func run() async throws {
        let report = try await scan()
        let change = try readBaseline().map { ScanChange(from: $0, to: report) }
        try writeReport(render(report, change), to: output)
        guard let suggested = report.suggested else {
            note("\(clean(spec)): not rated: no operation could be a tool")
            throw ExitCode(3)
        }
        var reasons: [String] = []
        if let failUnder, suggested.total < failUnder {
            reasons.append("\(suggested.total) of 100 as suggested, under \(failUnder)")
        }
        if let limit = failOn {
            let found = report.findings.filter { $0.severity >= limit }
            for (kind, all) in Dictionary(grouping: found, by: \.kind).sorted(by: { $0.key.rawValue < $1.key.rawValue })
            {
                let worst = all.map(\.severity).max() ?? limit
                let first = all.first.map { $0.line.map { line in "\(all[0].file):\(line)" } ?? $0.file } ?? spec
                reasons.append("\(all.count) × \(kind.rawValue) (\(worst.rawValue)), first at \(first)")
            }
        }
        guard reasons.isEmpty else {
            for reason in reasons { note("\(clean(spec)): fail: \(clean(reason))") }
            throw ExitCode(2)
        }
    }

    private func scan() async throws -> ScanReport {
        let (document, bytes, imported) = try readDocument(spec)
        return ScanReport(
            await scanFacts(imported, document, bytes: bytes), time: Date().formatted(.iso8601),
            generator: "sallyport \(productVersion)")
    }

    private func readBaseline() throws -> Baseline? {
        guard let baseline else { return nil }
        guard let bytes = Files(folder: ".").read(baseline) else { throw CommandError("'\(baseline)' cannot be read") }
        let hint = "Make one with 'sallyport scan --json'."
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONParser.parse(bytes, options: JSONParser.Options(maxBytes: 64 << 20))
        } catch {
            throw CommandError("'\(baseline)' is no JSON: \(error.message), at byte \(error.offset + 1)", hint: hint)
        }
        do throws(Baseline.Flaw) {
            return try Baseline(value)
        } catch {
            throw CommandError("'\(baseline)' \(error.message)", hint: hint)
        }
    }

    /// Scanners of code know files by their path in the repository, where the command is run.
    private var currentFolder: String { FileManager.default.currentDirectoryPath + "/" }

    private func render(_ report: ScanReport, _ change: ScanChange?) -> String {
        switch format ?? (json ? .json : .text) {
        case .text:
            renderText(
                report, change: change, inColour: output == nil && isatty(STDOUT_FILENO) == 1, isWhole: all)
        case .html: renderHTML(report, change: change)
        case .markdown: renderMarkdown(report, change: change)
        case .json: escaped(renderJSON(report, change: change).text) + "\n"
        case .sarif: escaped(renderSARIF(report.withFiles(below: currentFolder), version: productVersion).text) + "\n"
        }
    }
}

extension Severity: ExpressibleByArgument {}
