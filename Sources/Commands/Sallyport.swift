package import ArgumentParser

/// The command line.
package struct Sallyport: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sallyport",
        abstract: "A security gateway for MCP: agents use a product without having to be trusted.",
        version: productVersion,
        subcommands: [
            InitCommand.self, CheckCommand.self, ScanCommand.self, ReportCommand.self, ServeCommand.self,
            StatusCommand.self,
            ReloadCommand.self, RereadCommand.self, FindingsCommand.self, AttestCommand.self,
            StopCommand.self, ResumeCommand.self,
            ToolsCommand.self, ClassifyCommand.self, PolicyCommand.self, ApprovalsCommand.self, UndoCommand.self,
            AuditCommand.self, IncidentCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self,
            VaultCommand.self,
            UsersCommand.self, TokenCommand.self,
        ])

    package init() {}
}

/// The version of the product.
package let productVersion = "0.1.0"

/// Runs the command that the process was started with, and ends the process with its status.
package func startSallyport() async {
    await Sallyport.main()
}
