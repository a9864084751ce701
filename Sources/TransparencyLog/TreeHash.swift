import Crypto

/// A hash of a Merkle tree over SHA-256 (RFC 9162 §2.1.1): 32 bytes.
public struct TreeHash: Sendable, Hashable {
    private var words: SIMD4<UInt64>

    /// - Returns: nil for anything but 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = words
    }

    /// - Returns: nil for anything but 32 bytes in the canonical form of Base64.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(Array(base64.utf8)[...]) else { return nil }
        self.init(bytes)
    }

    private init(_ digest: SHA256.Digest) {
        words = unsafe digest.withUnsafeBytes { bytes in
            var words = SIMD4<UInt64>()
            for index in 0..<4 {
                words[index] = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            return words
        }
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(to: &bytes)
        return bytes
    }

    public var base64: String { Base64.encode(bytes) }

    /// Appends the 32 bytes.
    public func append(to bytes: inout [UInt8]) {
        for index in 0..<4 {
            unsafe withUnsafeBytes(of: words[index].bigEndian) { unsafe bytes.append(contentsOf: $0) }
        }
    }

    /// The hash of the tree that has no leaves.
    public static let empty = TreeHash(SHA256.hash(data: [UInt8]()))

    /// The hash of a leaf with this entry.
    public static func leaf(_ entry: [UInt8]) -> TreeHash {
        var hash = SHA256()
        hash.update(data: [0x00])
        hash.update(data: entry)
        return TreeHash(hash.finalize())
    }

    /// The hash of a node with these children.
    public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        // On the stack: a log computes two of these for each entry.
        var input: [65 of UInt8] = .init(repeating: 0x01)
        left.write(to: &input, at: 1)
        right.write(to: &input, at: 33)
        var hash = SHA256()
        unsafe input.span.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return TreeHash(hash.finalize())
    }

    private func write(to bytes: inout [65 of UInt8], at start: Int) {
        for index in 0..<32 {
            bytes[start + index] = UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - 8 * (index & 7)))
        }
    }
}

extension TreeHash {
    /// Hashes that stand one behind the other.
    ///
    /// - Returns: nil where the bytes are no multiple of 32.
    public static func list(_ bytes: [UInt8]) -> [TreeHash]? {
        guard bytes.count.isMultiple(of: 32) else { return nil }
        return stride(from: 0, to: bytes.count, by: 32).compactMap { TreeHash(bytes[$0..<($0 + 32)]) }
    }

    /// Hashes that stand one behind the other, in Base64.
    public static func list(base64: some StringProtocol) -> [TreeHash]? {
        Base64.decode(Array(base64.utf8)[...]).flatMap { list($0) }
    }

    /// Hashes one behind the other, in Base64.
    public static func base64(_ hashes: some Collection<TreeHash>) -> String {
        Base64.encode(bytes(hashes))
    }

    /// The bytes of hashes, one behind the other.
    public static func bytes(_ hashes: some Collection<TreeHash>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * 32)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }
}
