import Crypto
import TestSupport
import Testing
import TransparencyLog

@Suite struct CosignatureTests {
    /// A witness of the test: signs as C2SP tlog-cosignature says.
    private struct Witness {
        let name = "witness.example/w1"
        let key = Curve25519.Signing.PrivateKey()

        private var hash: [UInt8] {
            Array(
                SHA256.hash(data: Array(name.utf8) + [0x0A, 0x04] + Array(key.publicKey.rawRepresentation)).prefix(4))
        }

        var text: String {
            let digits = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return "\(name)+\(digits)+" + base64([0x04] + Array(key.publicKey.rawRepresentation))
        }

        func line(_ text: String, time: UInt64) throws -> String {
            let signature = try key.signature(for: Array("cosignature/v1\ntime \(time)\n\(text)".utf8))
            let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) }
            return "\u{2014} \(name) " + base64(hash + stamp + Array(signature)) + "\n"
        }

        private func base64(_ bytes: [UInt8]) -> String {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
            var text = ""
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let group = bytes[start..<min(start + 3, bytes.count)]
                let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
                for place in 0...group.count { text.append(alphabet[word >> (18 - 6 * place) & 63]) }
                text += String(repeating: "=", count: 3 - group.count)
            }
            return text
        }
    }

    /// A witness's key as a reference prints it (transparency-dev/formats, Apache-2.0).
    @Test func `a reference's key is read, and keys of another kind are not`() throws {
        let text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
        #expect(try #require(WitnessKey(text)).text == text)
        #expect(WitnessKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW") == nil)
        #expect(NoteKey(text) == nil)
    }

    private static let note: SignedNote? = SigningKey(name: "log.example/1", seed: [UInt8](repeating: 7, count: 32))
        .flatMap { try? Checkpoint(origin: "log.example/1", size: 5, root: .leaf([1]))?.signed(by: $0) }

    @Test func `a witness's signature is taken into the note`() throws {
        let witness = Witness()
        let note = try #require(Self.note)
        let key = try #require(WitnessKey(witness.text))
        let reply = WitnessExchange.reply(
            status: 200, contentType: nil, body: try witness.line(note.text, time: 1_679_315_147), to: note, from: key)
        guard case .cosigned(let cosignatures) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(cosignatures.map(\.time) == [1_679_315_147])
        let cosigned = note.adding(cosignatures.map(\.signature))
        let again = try SignedNote(parsing: cosigned.description)
        #expect(try Cosignature.verified(in: again, by: [key]).map(\.witness.name) == [witness.name])
        #expect(again.adding(cosignatures.map(\.signature)).signatures.count == 2, "adding again replaces")
    }

    @Test func `what a witness did not sign is not taken`() throws {
        let witness = Witness()
        let note = try #require(Self.note)
        let key = try #require(WitnessKey(witness.text))
        func reply(_ status: Int, _ body: String, _ type: String? = nil) -> WitnessExchange.Reply {
            WitnessExchange.reply(status: status, contentType: type, body: body, to: note, from: key)
        }
        let other = try witness.line("log.example/1\n6\n\(TreeHash.leaf([1]).base64)\n", time: 5)
        for body in ["", "nothing\n", try Witness().line(note.text, time: 5), other, note.description] {
            guard case .refused = reply(200, body) else {
                Issue.record("\(body) was taken")
                continue
            }
        }
        #expect(reply(409, "17\n", "text/x.tlog.size") == .knows(size: 17))
        for (body, type) in [("17", "text/x.tlog.size"), ("-1\n", "text/x.tlog.size"), ("17\n", "text/plain")] {
            guard case .refused = reply(409, body, type) else {
                Issue.record("\(body) was taken")
                continue
            }
        }
        for status in [204, 302, 400, 403, 404, 422, 500] {
            guard case .refused = reply(status, try witness.line(note.text, time: 5)) else {
                Issue.record("status \(status) was taken")
                continue
            }
        }
    }

    @Test func `a request is what the specification says`() throws {
        let note = try #require(Self.note)
        let proof = ConsistencyProof(oldSize: 3, newSize: 5, hashes: [.leaf([1]), .leaf([2])])
        #expect(
            WitnessExchange.request(note, proof)
                == "old 3\n\(TreeHash.leaf([1]).base64)\n\(TreeHash.leaf([2]).base64)\n\n\(note.description)")
    }
}
