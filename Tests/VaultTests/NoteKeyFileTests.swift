import Foundation
import Testing
import TransparencyLog

@testable import Vault

@Suite struct NoteKeyFileTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "note-\(UUID().uuidString)").path

    @Test func `a key is made once and stays`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try NoteKeyFile.open(path)
        let second = try NoteKeyFile.open(path)
        #expect(first.publicKey == second.publicKey)
        #expect(first.publicKey.name.hasPrefix("sallyport-"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let note = try SignedNote(text: "a\n").signed(by: first)
        #expect(try note.verify([second.publicKey]) == [first.publicKey.name])
    }

    @Test(arguments: ["", "sallyport-note-ed25519-", "sallyport-note-ed25519-zz\n", "something else\n"])
    func `what is no such key is refused and left as it is`(contents: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try KeyFile.create(path, Array(contents.utf8))
        #expect(throws: KeyFileFault.self) { try NoteKeyFile.open(path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == contents)
    }

    @Test func `a key that others may read is refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try NoteKeyFile.open(path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: KeyFileFault.self) { try NoteKeyFile.open(path) }
    }
}
