import Foundation
import JSON
import TestSupport
import Testing
import TransparencyLog

/// Good and bad proofs of a reference implementation (transparency-dev/merkle, Apache-2.0).
@Suite(.enabled(if: SharedData.isThere)) struct MerkleVectorTests {
    private static func files(_ directory: String) throws -> [String] {
        let root = SharedData.root.appending(path: "vectors/rfc6962-merkle/testdata/\(directory)")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return names.filter { $0.hasSuffix(".json") }.map { "vectors/rfc6962-merkle/testdata/\(directory)/\($0)" }
    }

    private static func hashes(_ value: JSONValue?) -> [TreeHash]? {
        let texts = value?.array ?? []
        let hashes = texts.compactMap { $0.string.flatMap { TreeHash(base64: $0) } }
        return hashes.count == texts.count ? hashes : nil
    }

    @Test func `inclusion proofs are judged as the vectors say`() throws {
        let files = try Self.files("inclusion")
        #expect(files.count > 90)
        for file in files {
            let vector = try SharedData.json(file)
            let isProof: Bool
            if let root = vector["root"]?.string.flatMap({ TreeHash(base64: $0) }),
                let leaf = vector["leafHash"]?.string.flatMap({ TreeHash(base64: $0) }),
                let hashes = Self.hashes(vector["proof"]), let index = vector["leafIdx"]?.int,
                let size = vector["treeSize"]?.int
            {
                isProof = InclusionProof(index: index, size: size, hashes: hashes).proves(leaf, in: root)
            } else {
                isProof = false
            }
            #expect(isProof == (vector["wantErr"] == false), "\(file)")
        }
    }

    @Test func `consistency proofs are judged as the vectors say`() throws {
        let files = try Self.files("consistency")
        #expect(files.count > 90)
        for file in files {
            let vector = try SharedData.json(file)
            let isProof: Bool
            if let old = vector["root1"]?.string.flatMap({ TreeHash(base64: $0) }),
                let new = vector["root2"]?.string.flatMap({ TreeHash(base64: $0) }),
                let hashes = Self.hashes(vector["proof"]), let oldSize = vector["size1"]?.int,
                let newSize = vector["size2"]?.int
            {
                isProof = ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes)
                    .proves(old, isBeginningOf: new)
            } else {
                isProof = false
            }
            // The reference compares roots of one size without looking at their length; here a hash has 32 bytes.
            let isShort = file.hasSuffix("sizes-are-equal-one-and-proof-is-empty.json")
            #expect(isProof == (vector["wantErr"] == false && !isShort), "\(file)")
        }
    }
}
