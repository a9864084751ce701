import JSON
import TestSupport
import Testing

@testable import JSONSchema

@Suite(.enabled(if: SharedData.isThere))
struct `Official suite` {
    static let draft2020 = OfficialSuite(draft: "draft2020-12", dialect: nil)
    static let draft7 = OfficialSuite(draft: "draft7", dialect: "http://json-schema.org/draft-07/schema#")

    /// Optional tests that do not pass, as `file: group: test`, each with its reason. The list is exact.
    static let optionalFailures: [String: String] = [:]

    static let draft7OptionalFailures: [String: String] = [
        "optional/content.json: validation of string-encoded content based on media type: an invalid JSON document":
            "content keywords are annotations, as 2020-12 made them",
        "optional/content.json: validation of binary string-encoding: an invalid base64 string (% is not a valid character)":
            "content keywords are annotations, as 2020-12 made them",
        "optional/content.json: validation of binary-encoded media type documents: a validly-encoded invalid JSON document":
            "content keywords are annotations, as 2020-12 made them",
        "optional/content.json: validation of binary-encoded media type documents: an invalid base64 string that is valid JSON":
            "content keywords are annotations, as 2020-12 made them",
    ]

    @Test func `every required test of 2020-12 passes`() throws {
        let outcome = try Self.draft2020.run("", documents: OfficialSuite.remotes())
        #expect(outcome.count > 1200)
        #expect(outcome.wrong == [])
    }

    @Test func `the optional tests of 2020-12 that do not pass are those listed`() throws {
        let remotes = try OfficialSuite.remotes()
        let plain = try Self.draft2020.run("optional/", documents: remotes)
        let formats = try Self.draft2020.run("optional/format/", assertsFormats: true, documents: remotes)
        #expect(plain.count > 150)
        #expect(formats.count > 500)
        #expect(Set(plain.wrong + formats.wrong) == Set(Self.optionalFailures.keys))
    }

    @Test func `every required test of draft 7 passes`() throws {
        let outcome = try Self.draft7.run("", documents: OfficialSuite.remotes())
        #expect(outcome.count > 800)
        #expect(outcome.wrong == [])
    }

    @Test func `the optional tests of draft 7 that do not pass are those listed`() throws {
        let remotes = try OfficialSuite.remotes()
        let plain = try Self.draft7.run("optional/", documents: remotes)
        let formats = try Self.draft7.run("optional/format/", assertsFormats: true, documents: remotes)
        #expect(Set(plain.wrong + formats.wrong) == Set(Self.draft7OptionalFailures.keys))
    }
}
