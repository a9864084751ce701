import Glibc

/// A file that lines are added to, durable before anybody relies on them.
struct EventFile {
    let path: String

    /// Adds lines, and returns once they are on disk. The file is opened anew each time, so that it may be moved away and a new one
    /// begins. What a crash left half written stays, and a new line begins behind it.
    ///
    /// - Parameter lines: each with its end.
    func append(_ lines: [UInt8]) throws(CommandError) {
        let file = unsafe open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw fault("cannot be opened") }
        defer { close(file) }
        var bytes = lines
        let end = lseek(file, 0, SEEK_END)
        if end > 0 {
            var last: UInt8 = 0
            let read = unsafe withUnsafeMutableBytes(of: &last) { unsafe pread(file, $0.baseAddress, 1, end - 1) }
            guard read == 1 else { throw fault("cannot be read") }
            if last != 0x0A { bytes.insert(0x0A, at: 0) }
        }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe write(file, $0.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("cannot be written") }
            written += count
        }
        guard fsync(file) == 0 else { throw fault("cannot be brought to disk") }
    }

    private func fault(_ what: String) -> CommandError {
        let error = errno
        return CommandError("'\(path)' \(what): \(unsafe String(cString: strerror(error)))")
    }
}
