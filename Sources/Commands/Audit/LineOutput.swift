import Foundation

/// Writes lines to a file, which is there as a whole or not at all, or to standard output.
struct LineOutput: ~Copyable {
    private let file: FileHandle
    private let path: String?
    private let temporary: String?
    private var buffer: [UInt8] = []

    /// - Parameter path: nil or `-` for standard output.
    init(_ path: String?) throws {
        guard let path, path != "-" else {
            file = .standardOutput
            self.path = nil
            temporary = nil
            return
        }
        var isDirectory: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard !isThere || !isDirectory.boolValue else { throw CommandError("'\(path)' is a directory") }
        let temporary = path + ".part"
        guard
            FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw CommandError("'\(path)' cannot be written") }
        self.file = file
        self.path = path
        self.temporary = temporary
    }

    mutating func write(_ line: [UInt8]) throws {
        buffer += line
        buffer.append(0x0A)
        if buffer.count >= 1 << 18 { try flush() }
    }

    private mutating func flush() throws {
        do {
            try file.write(contentsOf: buffer)
        } catch {
            throw CommandError("'\(path ?? "standard output")' cannot be written")
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the file in its place.
    consuming func finish() throws {
        try flush()
        guard let path, let temporary else { return }
        do {
            try file.synchronize()
            try file.close()
        } catch {
            throw CommandError("'\(path)' cannot be written")
        }
        // In one step, and never in the place of a directory.
        guard unsafe rename(temporary, path) == 0 else { throw CommandError("'\(path)' cannot be written") }
    }
}
