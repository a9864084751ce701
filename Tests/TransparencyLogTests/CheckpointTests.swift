import TestSupport
import Testing
import TransparencyLog

@Suite struct CheckpointTests {
    private static let root = TreeHash.leaf([1])
    private static let key = SigningKey(name: "log.example/1", seed: [UInt8](repeating: 7, count: 32))

    /// Texts of reference implementations (golang/mod, BSD; transparency-dev/formats, Apache-2.0) that hold 32 bytes.
    @Test(arguments: [
        "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "test\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n",
        "test\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\nExtendo\n",
    ])
    func `checkpoints are read and written as they are`(text: String) throws {
        #expect(try #require(Checkpoint(text: text)).text == text)
    }

    @Test(arguments: [
        "", "\n", "Log\n", "Log\n1\n", "Log\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=",
        "\n9944\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n01\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n-34\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n+34\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n3438945738945739845734895735\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n0xabcdef\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "Log\n12\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n",
        "Log\n12\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n\n", "Log\n12\naXQncyBhIHJvb3QgaGFzaA==\n",
    ])
    func `what is no checkpoint is refused`(text: String) {
        #expect(Checkpoint(text: text) == nil, "\(text)")
    }

    @Test func `a checkpoint counts when its own log signed it`() throws {
        let key = try #require(Self.key)
        let note = try #require(Checkpoint(origin: "log.example/1", size: 5, root: Self.root)).signed(by: key)
        let read = try SignedCheckpoint(note: note.description, keys: [key.publicKey], origin: "log.example/1")
        #expect(read.checkpoint.size == 5)
        let other = try #require(SigningKey(name: "log.example/1", seed: [UInt8](repeating: 8, count: 32)))
        #expect(throws: SignedCheckpoint.Flaw.note(.unsigned)) {
            try SignedCheckpoint(note: note.description, keys: [other.publicKey])
        }
        #expect(throws: SignedCheckpoint.Flaw.otherOrigin("log.example/1")) {
            try SignedCheckpoint(note: note.description, keys: [key.publicKey], origin: "log.example/2")
        }
        let report = try SignedNote(text: "report\n").signed(by: key).description
        #expect(throws: SignedCheckpoint.Flaw.malformed) {
            try SignedCheckpoint(note: report, keys: [key.publicKey])
        }
        let larger = note.description.replacing("\n5\n", with: "\n6\n")
        #expect(throws: SignedCheckpoint.Flaw.self) { try SignedCheckpoint(note: larger, keys: [key.publicKey]) }
    }
}
