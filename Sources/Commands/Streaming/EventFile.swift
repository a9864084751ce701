import Glibc

/// A file that lines are added to, durable before anybody relies on them.
struct EventFile {
    let path: String

    /// Adds lines, and returns once they are on disk. The file is opened anew each time, so that it may be moved away and a new one
    /// begins. What a crash left half written stays, and a new line begins behind it; what a full disk left is taken away.
    ///
    /// - Parameter lines: each with its end.
    func append(_ lines: [UInt8]) throws(CommandError) {
        // Without waiting, should it be a pipe that nobody reads.
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let file = unsafe open(path, flags, 0o600)
        guard file >= 0 else { throw fault("cannot be opened") }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandError("'\(path)' is no regular file")
        }
        let end = status.st_size
        var bytes = lines
        if end > 0 {
            var last: UInt8 = 0
            let read = unsafe withUnsafeMutableBytes(of: &last) { unsafe pread(file, $0.baseAddress, 1, end - 1) }
            guard read == 1 else { throw fault("cannot be read") }
            if last != 0x0A { bytes.insert(0x0A, at: 0) }
        }
        do throws(CommandError) {
            try write(bytes, to: file)
            guard fsync(file) == 0 else { throw fault("cannot be brought to disk") }
        } catch {
            ftruncate(file, end)
            throw error
        }
        // A new file is there after a power cut only once its folder is on disk.
        if end == 0 { try PrivateFile.synchronise(folderOf: path) }
    }

    private func write(_ bytes: [UInt8], to file: Int32) throws(CommandError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("cannot be written") }
            written += count
        }
    }

    private func fault(_ what: String) -> CommandError {
        let error = errno
        return CommandError("'\(path)' \(what): \(unsafe String(cString: strerror(error)))")
    }
}
