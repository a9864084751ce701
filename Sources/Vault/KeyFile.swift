#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Inside the type, its own `read` and `write` hide those of the C library.
private let readBytes = unsafe read(_:_:_:)
private let writeBytes = unsafe write(_:_:_:)

/// A file that holds keys.
package enum KeyFile {
    /// Reads a file that nobody but its owner may read or write or, where it holds public keys, nobody else may write.
    ///
    /// What counts is the file that was opened, so a symbolic link is judged by its target. A secret has to belong to
    /// this process's user or to root.
    /// - Parameter limit: the most bytes to accept.
    package static func read(
        _ path: String, limit: Int, isSecret: Bool = true
    ) throws(KeyFileFault) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw KeyFileFault(errno == ENOENT ? .notFound : .unreadable, path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw KeyFileFault(.unreadable, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileFault(.notRegular, path) }
        if isSecret {
            guard status.st_mode & 0o077 == 0 else { throw KeyFileFault(.notPrivate, path) }
            guard status.st_uid == geteuid() || status.st_uid == 0 else { throw KeyFileFault(.foreignOwner, path) }
        } else {
            guard status.st_mode & 0o022 == 0 else { throw KeyFileFault(.writable, path) }
        }
        return try bytes(of: descriptor, limit: limit, path)
    }

    /// Makes a file with mode 0600 and waits until it is on disk.
    ///
    /// - Throws: ``KeyFileFault`` with code `exists` when there is anything at the path, a dangling link included.
    package static func create(_ path: String, _ contents: [UInt8]) throws(KeyFileFault) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw KeyFileFault(errno == EEXIST ? .exists : .unwritable, path)
        }
        let isWritten = fchmod(descriptor, 0o600) == 0 && write(contents, to: descriptor) && fsync(descriptor) == 0
        let isClosed = close(descriptor) == 0
        guard isWritten, isClosed else {
            unsafe unlink(path)
            throw KeyFileFault(.unwritable, path)
        }
        syncDirectory(of: path)
    }

    private static func bytes(
        of descriptor: Int32, limit: Int, _ path: String
    ) throws(KeyFileFault) -> [UInt8] {
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe readBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw KeyFileFault(.unreadable, path)
            }
            if count == 0 { return contents }
            contents += buffer.prefix(count)
            guard contents.count <= limit else { throw KeyFileFault(.tooLarge, path) }
        }
    }

    private static func write(_ contents: [UInt8], to descriptor: Int32) -> Bool {
        var rest = contents[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe writeBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// A new name is on disk only when its directory is.
    private static func syncDirectory(of path: String) {
        let directory: String
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            directory = slash == path.startIndex ? "/" : String(path[..<slash])
        } else {
            directory = "."
        }
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }
}

/// Why a key file was not read or made.
package struct KeyFileFault: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case notFound = "not-found"
        case exists
        case notRegular = "not-regular"
        case notPrivate = "not-private"
        /// Of public keys: its group or others may write it.
        case writable
        case foreignOwner = "foreign-owner"
        case tooLarge = "too-large"
        case unreadable
        case unwritable
    }

    package let code: Code
    package let path: String

    package init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
    }

    /// One sentence for the operator.
    package var message: String {
        switch code {
        case .notFound: "\(path) does not exist"
        case .exists: "\(path) exists already and is left as it is"
        case .notRegular: "\(path) is not a regular file"
        case .notPrivate: "\(path) is open to its group or to others; run: chmod 600 \(path)"
        case .writable: "\(path) may be written by its group or by others; run: chmod go-w \(path)"
        case .foreignOwner: "\(path) belongs to another user"
        case .tooLarge: "\(path) is larger than any key"
        case .unreadable: "\(path) cannot be read"
        case .unwritable: "\(path) cannot be written"
        }
    }
}
