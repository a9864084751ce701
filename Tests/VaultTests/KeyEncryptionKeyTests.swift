import Core
import Crypto
import Testing
import Vault

#if canImport(Glibc)
    import Glibc
#endif

struct KeyEncryptionKeyTests {
    private let bytes: [UInt8] = (0..<32).map { UInt8($0 * 7 + 3) }
    private var hex: String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    private let base64 = "AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw="

    private func code(of body: () throws(KeyFault) -> KeyEncryptionKey) -> KeyFault.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `one key in its three forms has one id`() throws {
        let directory = TemporaryDirectory()
        let key = try KeyEncryptionKey(bytes: bytes)
        let forms: [[UInt8]] = [
            bytes, Array(hex.utf8), Array((hex.uppercased() + "\n").utf8), Array(base64.utf8),
            Array((base64 + "\n").utf8),
        ]
        for (index, form) in forms.enumerated() {
            #expect(try KeyEncryptionKey(file: directory.file("k\(index)", form)).id == key.id)
        }
        #expect(try KeyEncryptionKey(text: hex).id == key.id)
        #expect(try KeyEncryptionKey(text: base64).id == key.id)
        #expect(key.id.utf8.count == 16)
        var other = bytes
        other[31] ^= 1
        #expect(try KeyEncryptionKey(bytes: other).id != key.id)
    }

    @Test func `a key that was made can be read, and is never made twice`() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/new"
        let made = try KeyEncryptionKey.create(at: path)
        #expect(try KeyEncryptionKey(file: path).id == made.id)
        #expect(code { () throws(KeyFault) in try .create(at: path) } == .file(.exists))
        #expect(try KeyEncryptionKey(file: path).id == made.id)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        unsafe symlink(directory.path + "/nowhere", directory.path + "/dangling")
        #expect(code { () throws(KeyFault) in try .create(at: directory.path + "/dangling") } == .file(.exists))
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o660, 0o644, 0o777] as [mode_t])
    func `a file that others may open is refused`(mode: mode_t) {
        let directory = TemporaryDirectory()
        let path = directory.file("key", Array(hex.utf8), mode: mode)
        #expect(code { () throws(KeyFault) in try KeyEncryptionKey(file: path) } == .file(.notPrivate))
        unsafe symlink(path, directory.path + "/link")
        #expect(code { () throws(KeyFault) in try .init(file: directory.path + "/link") } == .file(.notPrivate))
        unsafe chmod(path, 0o400)
        #expect(code { () throws(KeyFault) in try .init(file: directory.path + "/link") } == nil)
    }

    @Test func `what is no file is refused`() {
        let directory = TemporaryDirectory()
        unsafe mkfifo(directory.path + "/pipe", 0o600)
        #expect(code { () throws(KeyFault) in try .init(file: directory.path + "/pipe") } == .file(.notRegular))
        #expect(code { () throws(KeyFault) in try .init(file: directory.path) } == .file(.notRegular))
        #expect(code { () throws(KeyFault) in try .init(file: directory.path + "/none") } == .file(.notFound))
        let large = directory.file("large", [UInt8](repeating: 65, count: 5000))
        #expect(code { () throws(KeyFault) in try .init(file: large) } == .file(.tooLarge))
    }

    @Test(
        arguments: [
            ([], .malformed), ([UInt8](repeating: 0, count: 32), .weak), ([UInt8](repeating: 0xA7, count: 32), .weak),
            (Array("changeme".utf8), .malformed), (Array("secret-api-key".utf8), .malformed),
            (Array("changemechangemechangemechangeme".utf8), .weak),
            (Array("0123456789abcdef0123456789abcdef".utf8), .weak),
            (Array(String(repeating: "00", count: 32).utf8), .weak),
            (Array(String(repeating: "A", count: 43).utf8), .malformed),
            (Array((String(repeating: "A", count: 43) + "=").utf8), .weak),
            ((0..<31).map { UInt8($0 * 7 + 3) }, .malformed), ((0..<33).map { UInt8($0 * 7 + 3) }, .malformed),
            (Array("AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dx=".utf8), .malformed),
            (Array("030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dg".utf8), .malformed),
        ] as [([UInt8], KeyFault.Code)])
    func `weak, short and malformed keys are refused`(contents: [UInt8], expected: KeyFault.Code) {
        let directory = TemporaryDirectory()
        let path = directory.file("key", contents)
        #expect(code { () throws(KeyFault) in try KeyEncryptionKey(file: path) } == expected)
    }

    @Test func `a key does not print itself`() throws {
        let key = try KeyEncryptionKey(bytes: bytes)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(text.trimmingPrefix("- ").hasPrefix("[key \(key.id)]"))
            #expect(text.utf8.count < 32)
        }
    }

    @Test func `keyed hashes of one value agree under one key only`() throws {
        let key = try KeyEncryptionKey(bytes: bytes)
        var other = bytes
        other[0] ^= 1
        let hash = Core.Digest(keyed: key.keyedHash, of: Array("value".utf8))
        #expect(hash == Core.Digest(keyed: try KeyEncryptionKey(bytes: bytes).keyedHash, of: Array("value".utf8)))
        #expect(hash != Core.Digest(keyed: try KeyEncryptionKey(bytes: other).keyedHash, of: Array("value".utf8)))
    }
}
