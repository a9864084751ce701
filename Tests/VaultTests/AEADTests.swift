import Core
import Crypto
import Engine
import JSON
import TestSupport
import Testing

@testable import Vault

struct AEADTests {
    @Test(.enabled(if: SharedData.isThere))
    func `every Wycheproof vector with a 256-bit key and a 96-bit nonce`() throws {
        let suite = try SharedData.json("vectors/wycheproof/testvectors_v1/aes_gcm_test.json")
        var valid = 0, invalid = 0
        for group in try #require(suite["testGroups"]?.array)
        where group["keySize"]?.int == 256 && group["ivSize"]?.int == 96 && group["tagSize"]?.int == 128 {
            for test in try #require(group["tests"]?.array) {
                func bytes(_ name: String) throws -> [UInt8] { try #require(test[name]?.string).unhexed }
                let key = SymmetricKey(data: try bytes("key"))
                let sealed = try bytes("iv") + bytes("ct") + bytes("tag")
                let opened = try? AEAD.open(sealed, with: key, associatedData: bytes("aad"))
                if test["result"]?.string == "valid" {
                    #expect(try opened == bytes("msg"), "tcId \(test["tcId"]?.int ?? 0)")
                    let again = try AEAD.seal(try bytes("msg"), with: key, associatedData: bytes("aad"))
                    #expect(try AEAD.open(again, with: key, associatedData: bytes("aad")) == bytes("msg"))
                    valid += 1
                } else {
                    #expect(opened == nil, "tcId \(test["tcId"]?.int ?? 0)")
                    invalid += 1
                }
            }
        }
        #expect(valid > 30 && invalid > 10, "\(valid) valid, \(invalid) invalid")
    }

    @Test(.enabled(if: SharedData.isThere))
    func `every Wycheproof vector of HKDF-SHA-256`() throws {
        let suite = try SharedData.json("vectors/wycheproof/testvectors_v1/hkdf_sha256_test.json")
        var count = 0
        for test in try #require(suite["testGroups"]?.array).flatMap({ $0["tests"]?.array ?? [] }) {
            guard test["result"]?.string == "valid", let size = test["size"]?.int else { continue }
            func bytes(_ name: String) throws -> [UInt8] { try #require(test[name]?.string).unhexed }
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: try bytes("ikm")), salt: try bytes("salt"),
                info: try bytes("info"), outputByteCount: size)
            #expect(try key.bytes == bytes("okm"))
            count += 1
        }
        #expect(count > 50)
    }

    @Test func `fields that run together are told apart`() {
        let lists: [[String]] = [["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["abc"], ["a", "b", "c"]]
        let encoded = lists.map { list in
            var fields = AssociatedData("label")
            for field in list { fields.append(field) }
            return fields.bytes
        }
        #expect(Set(encoded).count == lists.count)
    }

    @Test func `an index of another generation has another code`() {
        var index = VaultIndex()
        let moment = Timestamp(seconds: 1)
        index.set("a", VaultIndex.Head(version: 1, created: moment, updated: moment, keyID: "k", wrapped: [1]))
        let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
        let code = index.code(with: key)
        #expect(index.isValid(code, with: key))
        index.generation += 1
        #expect(!index.isValid(code, with: key))
    }

    /// The index catches all of these too; the ciphertexts by themselves must as well.
    @Test func `a row opens under its own name, owner, version and times only`() throws {
        let key = try KeyEncryptionKey(bytes: (0..<32).map { UInt8($0) })
        let moment = Timestamp(seconds: 1), later = Timestamp(seconds: 2)
        let alice = SecretOwner.user("alice", tenant: "acme")
        let row = try SealedRow.seal(
            [1, 2], name: "a", owner: alice, version: 1, created: moment, updated: moment, with: key)
        #expect(try row.open(with: key) == [1, 2])
        func moved(
            _ name: String = "a", _ owner: SecretOwner = .user("alice", tenant: "acme"), version: Int = 1,
            created: Timestamp = Timestamp(seconds: 1), updated: Timestamp = Timestamp(seconds: 1)
        ) -> SealedRow {
            SealedRow(
                name: name, owner: owner, version: version, created: created, updated: updated, keyID: row.keyID,
                wrapped: row.wrapped, body: row.body)
        }
        #expect(try moved().open(with: key) == [1, 2])
        let others = [
            moved("b"), moved("a", .source), moved("a", .user("bob", tenant: "acme")),
            moved("a", .user("alice", tenant: nil)), moved("a", .user("alice", tenant: "evil")), moved(version: 2),
            moved(created: later), moved(updated: later),
        ]
        for other in others {
            #expect(throws: VaultFault.self) { try other.open(with: key) }
        }
    }
}
