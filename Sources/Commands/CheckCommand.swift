import ArgumentParser
import Core
import Documents
import JSONSchema
import Settings

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Report every problem of a configuration at once.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = load(options.config, flaw: fileFlaw)
        for diagnostic in loaded.diagnostics { show(diagnostic.shown) }
        let errors = loaded.diagnostics.count { $0.severity == .error }
        let warnings = loaded.diagnostics.count { $0.severity == .warning }
        guard let configuration = loaded.configuration else {
            show("\(options.config): \(errors) errors, \(warnings) warnings")
            throw ExitCode(1)
        }
        let catalogue = Catalogue(configuration.tools)
        for tool in catalogue.tools {
            do throws(SchemaError) {
                _ = try tool.arguments.compile()
            } catch {
                show(
                    "\(options.config): warning: '\(tool.name)' cannot be called: its arguments cannot be checked (\(clean(error.message)))"
                )
            }
        }
        show(
            "\(options.config): sound, \(warnings) warnings; \(catalogue.tools.count) tools, "
                + "\(catalogue.heldBack) held back without a scope, \(catalogue.never) never")
    }
}
