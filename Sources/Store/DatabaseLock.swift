import Glibc

/// The right of one process to a database file: an exclusive lock on `<path>.lock`, which holds the owner's pid.
///
/// The system takes the lock back when the process ends, however it ends. The lock file stays.
package final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``DatabaseLocked``, also when the lock file cannot be made.
    package static func acquire(_ path: String) throws(DatabaseLocked) -> DatabaseLock {
        let descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseLocked(owner: nil, detail: lastSystemError) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let detail = lastSystemError
            let owner = pid(in: descriptor)
            close(descriptor)
            throw DatabaseLocked(owner: owner, detail: detail)
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        let written = unsafe text.withUnsafeBytes { bytes in
            unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        guard written == text.count else {
            let detail = lastSystemError
            close(descriptor)
            throw DatabaseLocked(owner: nil, detail: detail)
        }
        return DatabaseLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func pid(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private static var lastSystemError: String {
        unsafe String(cString: strerror(errno))
    }
}

/// Another process owns the database, or nobody can be made its owner.
package struct DatabaseLocked: Error, Sendable, Hashable {
    /// The process that has it, where it could be read.
    package let owner: Int32?
    /// For the log only.
    package let detail: String
}
