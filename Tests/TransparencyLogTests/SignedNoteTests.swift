import JSON
import TestSupport
import Testing
import TransparencyLog

@Suite struct SignedNoteTests {
    /// The reference implementation's constants (golang/mod, BSD).
    private static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    private static let peterSeed =
        "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
    private static let text =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    private static let peterSignature =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    private static let enochSignature =
        "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

    private var keys: [NoteKey] { [Self.peter, Self.enoch].compactMap { NoteKey($0) } }

    @Test func `the reference's keys read and write as they are`() {
        for text in [Self.peter, Self.enoch] { #expect(NoteKey(text)?.text == text) }
        for text in [
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "", "a+b", "a+00000000+AA==",
            Self.peter + "A", "Peter Neumann" + Self.peter.dropFirst(12),
        ] {
            #expect(NoteKey(text) == nil, "\(text)")
        }
    }

    @Test func `the reference's notes verify`() throws {
        let both = Self.text + "\n" + Self.peterSignature + Self.enochSignature
        let note = try SignedNote(parsing: both)
        #expect(note.description == both)
        #expect(try note.verify(keys) == ["PeterNeumann", "EnochRoot"])
        #expect(try note.verify(Array(keys.prefix(1))) == ["PeterNeumann"])
        #expect(throws: SignedNote.Flaw.unsigned) { try note.verify([]) }
    }

    @Test func `a changed note does not verify`() throws {
        let note = Self.text + "\n" + Self.peterSignature
        for index in Self.text.utf8.indices.map({ Self.text.utf8.distance(from: Self.text.utf8.startIndex, to: $0) })
            .dropLast()
        {
            var bytes = Array(note.utf8)
            bytes[index] ^= 1
            guard let changed = try? SignedNote(parsing: String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(throws: SignedNote.Flaw.self) { try changed.verify(keys) }
        }
    }

    @Test func `what is signed here verifies here, and its form is the reference's`() throws {
        let seed = Self.peterSeed.unhexed
        let peter = try #require(SigningKey(name: "PeterNeumann", seed: seed))
        #expect(peter.publicKey.text == Self.peter)
        #expect(try SignedNote(text: Self.text).signed(by: peter).description == Self.text + "\n" + Self.peterSignature)
        let key = try #require(SigningKey(name: "house.example/report", seed: seed))
        let note = try SignedNote(text: Self.text).signed(by: key)
        let again = try SignedNote(parsing: note.description)
        #expect(try again.verify([key.publicKey]) == ["house.example/report"])
        #expect(try again.signed(by: key).signatures.count == 1, "signing again replaces")
        #expect(NoteKey(key.publicKey.text) == key.publicKey)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\nno signature\n", "text\n\n\u{2014} name\n",
        "text\n\n\u{2014} name AAAA\n",
        "text\n\n\u{2014} na me AAAAAAA=\n", "text\n\n\u{2014} name AAAAAAA=", "te\u{1}xt\n\n\u{2014} name AAAAAAA=\n",
        "text\n\n\u{2014} name AAAAAAB=\n", "text\n\n\u{2014} na+me AAAAAAA=\n", "text\n\n\n\u{2014} name AAAAAAA=",
    ])
    func `what is no note is refused`(text: String) {
        #expect(throws: SignedNote.Flaw.malformed) { try SignedNote(parsing: text) }
    }

    @Test(arguments: 0..<200)
    func `no text traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = Array((Self.text + "\n" + Self.peterSignature).utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if let note = try? SignedNote(parsing: String(decoding: bytes, as: UTF8.self)) { _ = try? note.verify(keys) }
    }
}
