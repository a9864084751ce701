import Foundation
import Glibc

/// Files that appear as a whole, on disk, and for their owner alone.
enum PrivateFile {
    /// Puts a file that was written under another name in its place, where nothing may be yet.
    ///
    /// - Returns: its size.
    static func put(_ temporary: String, inPlace path: String) throws -> Int {
        let descriptor = unsafe open(temporary, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandError("'\(temporary)' cannot be read") }
        defer { close(descriptor) }
        var status = stat()
        guard fchmod(descriptor, 0o600) == 0, unsafe fstat(descriptor, &status) == 0, fsync(descriptor) == 0,
            // Unlike a renaming, a link replaces nothing.
            unsafe link(temporary, path) == 0
        else { throw CommandError("'\(path)' cannot be written: \(unsafe String(cString: strerror(errno)))") }
        unsafe unlink(temporary)
        try synchronise(folderOf: path)
        return status.st_size
    }

    /// Writes a new file.
    static func create(_ path: String, _ content: [UInt8]) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("'\(path)' cannot be written") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(content))
        try file.synchronize()
        try file.close()
    }

    /// Puts a file in its place as a whole, on disk, whatever was there before.
    static func replace(_ path: String, with data: Data) throws {
        let temporary = path + ".part"
        guard
            FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw CommandError("'\(path)' cannot be written") }
        try file.write(contentsOf: data)
        try file.synchronize()
        try file.close()
        guard unsafe rename(temporary, path) == 0 else { throw CommandError("'\(path)' cannot be written") }
    }

    /// Copies a file into a new one.
    static func copy(_ source: String, to path: String) throws {
        guard let input = FileHandle(forReadingAtPath: source) else { throw CommandError("'\(source)' cannot be read") }
        defer { try? input.close() }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("'\(path)' cannot be written") }
        let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        while let chunk = try input.read(upToCount: 1 << 20), !chunk.isEmpty { try output.write(contentsOf: chunk) }
        try output.synchronize()
        try output.close()
    }

    /// Makes the names in a file's folder durable.
    static func synchronise(folderOf path: String) throws(CommandError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandError("'\(folder)' cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CommandError("'\(folder)' cannot be synchronised") }
    }
}
