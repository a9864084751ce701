import Core
import Crypto
import Engine
import JSON
import Logging
import Store
import Synchronization
import Testing
import Vault

#if canImport(Glibc)
    import Glibc
#endif

/// A clock that moves when told.
final class TestClock: Sendable {
    private let moment = Mutex(Timestamp(seconds: 1_800_000_000))

    var now: Timestamp { moment.withLock { $0 } }

    func advance(bySeconds seconds: Int) {
        moment.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// A vault over an empty database.
struct Fixture {
    let database: TestDatabase
    let clock = TestClock()
    let key: KeyEncryptionKey
    let vault: SealedVault

    init() async throws {
        database = try TestDatabase()
        key = try KeyEncryptionKey(bytes: unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) })
        try await database.write { try VaultTables.migrate($0, dialect: .sqlite) }
        vault = Self.open(database, key, clock: clock)
    }

    /// Another process over the same database.
    func reopened(key: KeyEncryptionKey? = nil, retired: [KeyEncryptionKey] = []) -> SealedVault {
        Self.open(database, key ?? self.key, retired: retired, clock: clock)
    }

    private static func open(
        _ database: TestDatabase, _ key: KeyEncryptionKey, retired: [KeyEncryptionKey] = [], clock: TestClock
    ) -> SealedVault {
        SealedVault(
            database: database, key: key, retired: retired,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { clock.now })
    }
}

extension SealedVault {
    /// The secret's bytes; nil when there is none.
    func bytes(_ name: String, for owner: SecretOwner) async throws -> [UInt8]? {
        try await withSecret(name, for: owner) { $0.bytes }
    }
}

/// Whether something throws a vault fault with this code.
func faults(
    _ code: VaultFault.Code, _ body: () async throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) async {
    do {
        _ = try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let fault as VaultFault {
        #expect(fault.code == code, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

/// A directory of its own for one test.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/vault-XXXXXX".utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else { return parent }
            return unsafe String(cString: made)
        }
    }

    deinit {
        for name in names { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    var names: [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                    unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) -> String {
        let target = path + "/" + name
        let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC, mode)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        _ = fchmod(descriptor, mode)
        _ = close(descriptor)
        return target
    }
}
