import ArgumentParser
import Core
import Foundation
import JSON
import Report
import Settings
import TransparencyLog

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "How safe the gateway is, signed.", subcommands: [Write.self, Verify.self],
        defaultSubcommand: Write.self)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, html, markdown, json, sarif
    }

    struct Write: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "write",
            abstract: "Tell how safe the gateway is: score, tools, who reaches them, credentials, what happened.",
            discussion: """
                Looks at the configuration, the vault and the log, and tries what can be tried: forged tokens, operations that \
                must not be there, addresses that sources must not reach; and, on a twin of the gateway, what nobody may try on \
                itself. Nothing of the gateway is changed, no secret is shown, and what is new is recorded. What this \
                version cannot look at is unknown and worth nothing.

                With --output the report is signed: FILE.note is a signed note (C2SP) of its digest and time, which \
                'sallyport report verify' and other programs check with the key that 'sallyport status' prints.

                Exit status: 0 when the gateway was rated and no condition failed; 1 when it cannot be looked at; 2 when \
                --fail-under or --fail-on failed; 3 when it is not rated, because no tool can be reached; 64 for a wrong command line.
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: "How to write the report: text, html, markdown, json, sarif.")
        var format: Format?

        @Flag(help: "Print JSON, as --format json.")
        var json = false

        @Option(name: [.short, .long], help: "Where to write the report; standard output otherwise.")
        var output: String?

        @Flag(help: "List every tool in the text, also where there are more than 60.")
        var all = false

        @Option(help: ArgumentHelp("Tell what happened since: a time such as 7d, or a day.", valueName: "time"))
        var since: String?

        @Option(help: ArgumentHelp("Fail below so many points.", valueName: "points"))
        var failUnder: Int?

        @Option(
            help: ArgumentHelp(
                "Fail on an open finding of this severity or a graver one: low, medium, high, critical.",
                valueName: "severity"))
        var failOn: Severity?

        func validate() throws {
            if let failUnder, !(0...100).contains(failUnder) { throw ValidationError("--fail-under takes 0 to 100") }
            if json, format != nil, format != .json {
                throw ValidationError("--json and --format say different things")
            }
        }

        func run() async throws {
            let format = format ?? (json ? .json : .text)
            var arguments: JSONObject = [
                "format": .string(format.rawValue), "all": .bool(all),
                "colour": .bool(output == nil && isatty(STDOUT_FILENO) == 1),
            ]
            if let since { arguments.append("since", .string(since)) }
            let reply = try await administer(options, "report", arguments)
            guard let text = reply["report"]?.string else { throw CommandError("there is no report") }
            try writeReport(text, to: output)
            if let output, output != "-", let signed = reply["note"]?.string {
                try writeReport(signed, to: output + ".note")
                note("\(output).note: signed by \(clean(reply["key"]?.string ?? ""))")
            }
            guard let total = reply["total"]?.int else {
                note("\(clean(options.config)): not rated: no tool can be reached")
                throw ExitCode(3)
            }
            var hasFailed = false
            if let failUnder, total < failUnder {
                note("\(clean(options.config)): fail: \(total) of 100, under \(failUnder)")
                hasFailed = true
            }
            for finding in reply["open"]?.array ?? [] {
                guard let failOn, let severity = finding["severity"]?.string.flatMap({ Severity(rawValue: $0) }),
                    severity >= failOn
                else { continue }
                note(
                    clean(
                        "\(options.config): fail: \(severity.rawValue): \(finding["id"]?.string ?? ""): "
                            + (finding["evidence"]?.string ?? "")))
                hasFailed = true
            }
            if hasFailed { throw ExitCode(2) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that a report is as it was signed.",
            discussion: "Exit status: 0 when it is, 1 when it is not or cannot be read.")

        @Argument(help: "The report.")
        var file: String

        @Option(help: "Its note; the report's name with '.note' otherwise.")
        var note: String?

        @Option(help: "The key that must have signed, as 'sallyport status' prints it; this installation's otherwise.")
        var key: String?

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let files = Files(folder: ".")
            let notePath = note ?? file + ".note"
            guard let report = files.read(file) else { throw CommandError("'\(file)' cannot be read") }
            guard let bytes = files.read(notePath) else { throw CommandError("'\(notePath)' cannot be read") }
            let text: String
            if let key {
                text = key
            } else {
                text = try await administer(options, "status", [:])["report_key"]?.string ?? ""
            }
            guard let key = NoteKey(text) else {
                throw CommandError("'\(text.boundedText)' is no key", hint: "It looks like name+12345678+AbC….")
            }
            let (name, time) = try ReportNote.verify(report, String(decoding: bytes, as: UTF8.self), [key])
            show("\(clean(file)): as signed by \(clean(name)) for the report of \(clean(time))")
        }
    }
}
