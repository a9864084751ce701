import Crypto
package import TransparencyLog

/// The private file of the key that signs what outsiders are to check: reports now.
package enum NoteKeyFile {
    private static let mark = "sallyport-note-ed25519-"

    /// Reads the key, or makes one where there is none.
    ///
    /// Its name follows from the key, so that keys of two installations are never taken for one another.
    /// - Throws: ``KeyFileFault``, also when the file holds something else.
    package static func open(_ path: String) throws(KeyFileFault) -> SigningKey {
        do throws(KeyFileFault) {
            return try key(try seed(KeyFile.read(path, limit: 1024), path), path)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        let seed = SymmetricKey(size: .bits256).bytes
        let digits = seed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try KeyFile.create(path, Array((mark + digits + "\n").utf8))
        return try key(seed, path)
    }

    private static func seed(_ contents: [UInt8], _ path: String) throws(KeyFileFault) -> [UInt8] {
        let text = String(decoding: contents, as: UTF8.self)
        let digits = Array(text.dropFirst(mark.count).utf8)
        guard text.hasPrefix(mark), digits.count == 65, digits.last == 0x0A else {
            throw KeyFileFault(.unreadable, path)
        }
        var seed: [UInt8] = []
        for start in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[start..<(start + 2)], as: UTF8.self), radix: 16) else {
                throw KeyFileFault(.unreadable, path)
            }
            seed.append(byte)
        }
        return seed
    }

    private static func key(_ seed: [UInt8], _ path: String) throws(KeyFileFault) -> SigningKey {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw KeyFileFault(.unreadable, path)
        }
        let digest = SHA256.hash(data: Array("sallyport/note-key/v1\n".utf8) + Array(key.publicKey.rawRepresentation))
        let instance = digest.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard let signing = SigningKey(name: "sallyport-\(instance)", seed: seed) else {
            throw KeyFileFault(.unreadable, path)
        }
        return signing
    }
}
