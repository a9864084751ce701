import Foundation
import JSON
import TransparencyLog

/// The checkpoints that stand in files beside the database.
enum LogFiles {
    /// The newest checkpoint, so that a database which was put back by an older one is noticed.
    static func head(_ directory: String) throws -> SignedNote? {
        let path = directory + "/" + DataDirectory.logHead
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let note = try? SignedNote(parsing: String(decoding: data, as: UTF8.self)) else {
            throw CommandError("'\(path)' holds no checkpoint")
        }
        return note
    }

    static func write(head note: SignedNote, _ directory: String) throws {
        try PrivateFile.replace(directory + "/" + DataDirectory.logHead, with: Data(note.description.utf8))
    }

    /// Puts the public key where whoever checks the log finds it.
    static func write(key: NoteKey, _ directory: String) throws {
        let path = directory + "/" + DataDirectory.logKey
        let text = Data((key.text + "\n").utf8)
        guard FileManager.default.contents(atPath: path) != text else { return }
        try PrivateFile.replace(path, with: text)
    }

    /// Adds a checkpoint to a file of many, one JSON object a line.
    static func anchor(_ note: SignedNote, in path: String) throws {
        let line: JSONValue = ["checkpoint": .string(note.description)]
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644])
            else { throw CommandError("'\(path)' cannot be written") }
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(line.bytes + [0x0A]))
        try file.synchronize()
    }

    /// The checkpoints of a file: one note, or lines as ``anchor(_:in:)`` writes them.
    static func checkpoints(_ path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 256 << 20 else {
            throw CommandError("'\(path)' cannot be read")
        }
        let bytes = [UInt8](data)
        guard bytes.first == UInt8(ascii: "{") else { return [String(decoding: bytes, as: UTF8.self)] }
        return try bytes.split(separator: 0x0A).map { line in
            guard let note = (try? JSONParser.parse(Array(line)))?["checkpoint"]?.string else {
                throw CommandError("'\(path)' holds a line that is no checkpoint")
            }
            return note
        }
    }
}
