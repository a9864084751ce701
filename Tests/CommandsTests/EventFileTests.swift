import Foundation
import Testing

@testable import Commands

@Suite struct EventFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `lines follow one another, also behind half a line`() throws {
        try withFolder { folder in
            let path = folder + "/events"
            try EventFile(path: path).append(Array("one\n".utf8))
            try EventFile(path: path).append(Array("two\n".utf8))
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("hal".utf8))
            try file.close()
            try EventFile(path: path).append(Array("three\n".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\nhal\nthree\n")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `what is no file is refused, and nothing hangs on it`() throws {
        try withFolder { folder in
            #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "/dev/null")
            for name in ["pipe", "link", "", "none/there"] {
                #expect(throws: CommandError.self, "\(name)") {
                    try EventFile(path: folder + "/" + name).append(Array("x\n".utf8))
                }
            }
            #expect(throws: CommandError.self) { try EventFile(path: "/dev/full").append([0x0A]) }
        }
    }
}
