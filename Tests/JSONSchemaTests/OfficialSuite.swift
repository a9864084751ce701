import Foundation
import JSON
import TestSupport

@testable import JSONSchema

/// The tests of json-schema-org/JSON-Schema-Test-Suite for one draft.
struct OfficialSuite {
    static let folder = SharedData.root.appending(path: "vectors/json-schema-test-suite")

    let draft: String
    let dialect: String?

    /// What did not go as the suite says, as `file: group: test`.
    struct Outcome {
        var count = 0
        var wrong: [String] = []
    }

    static func remotes() throws -> [String: JSONValue] {
        var documents: [String: JSONValue] = [:]
        for (path, url) in SharedData.files(below: folder.appending(path: "remotes"), deep: true) {
            documents["http://localhost:1234/" + path] = try SharedData.read(url)
        }
        return documents
    }

    func run(_ path: String, assertsFormats: Bool = false, documents: [String: JSONValue]) throws -> Outcome {
        var outcome = Outcome()
        let tests = Self.folder.appending(path: "tests/\(draft)").appending(path: path)
        for (name, url) in SharedData.files(below: tests, deep: false) {
            for group in try SharedData.read(url).array ?? [] {
                var options = Schema.Options()
                options.documents = documents
                options.assertsFormats = assertsFormats
                guard var root = group["schema"] else { continue }
                if let dialect, case .object(var object) = root, !object.contains("$schema") {
                    object["$schema"] = .string(dialect)
                    root = .object(object)
                }
                let title = "\(path)\(name): \(group["description"]?.string ?? "")"
                let schema: Schema
                do {
                    schema = try Schema.compile(root, options: options)
                } catch {
                    outcome.count += 1
                    outcome.wrong.append("\(title): refused: \(error.code.rawValue)")
                    continue
                }
                for test in group["tests"]?.array ?? [] {
                    guard let data = test["data"], let valid = test["valid"]?.bool else { continue }
                    outcome.count += 1
                    let decided = schema.isValid(data)
                    let collected = schema.failures(of: data, max: 8).isEmpty
                    if decided != valid || collected != valid {
                        outcome.wrong.append("\(title): \(test["description"]?.string ?? "")")
                    }
                }
            }
        }
        return outcome
    }
}
