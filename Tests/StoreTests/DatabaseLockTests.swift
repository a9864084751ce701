import Foundation
import Store
import Testing

@Suite struct DatabaseLockTests {
    @Test func `one owner at a time`() throws {
        let directory = try TemporaryDirectory()
        var lock: DatabaseLock? = try DatabaseLock.acquire(directory.database)
        let pid = ProcessInfo.processInfo.processIdentifier
        let locked = #expect(throws: DatabaseLocked.self) { try DatabaseLock.acquire(directory.database) }
        #expect(locked?.owner == pid)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.database + ".lock")[.posixPermissions]
        #expect(mode as? Int == 0o600)
        withExtendedLifetime(lock) {}
        lock = nil
        lock = try DatabaseLock.acquire(directory.database)
        withExtendedLifetime((lock, directory)) {}
    }

    @Test func `without its directory there is no lock`() {
        let locked = #expect(throws: DatabaseLocked.self) { try DatabaseLock.acquire("/nonexistent/x") }
        #expect(locked?.owner == nil)
    }

    @Test func `a lock file that says nothing names no owner`() throws {
        let directory = try TemporaryDirectory()
        let lock = try DatabaseLock.acquire(directory.database)
        try Data("nobody".utf8).write(to: URL(fileURLWithPath: directory.database + ".lock"))
        let locked = #expect(throws: DatabaseLocked.self) { try DatabaseLock.acquire(directory.database) }
        #expect(locked != nil && locked?.owner == nil)
        withExtendedLifetime((lock, directory)) {}
    }
}
