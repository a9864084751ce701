import ArgumentParser

/// A small CRM and billing backend, the example product of this repository.
@main
struct Acme: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acme",
        abstract: "Customers, deals, invoices, payments and messages behind a REST API.",
        subcommands: [Serve.self, Keys.self],
    )
}
