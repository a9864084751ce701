import ArgumentParser
import Foundation

/// `acme keys`: the demo users and their API keys as a JSON array.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the demo users and their API keys as JSON.")

    func run() throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(Seed.people) + Data("\n".utf8))
    }
}
