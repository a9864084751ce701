import Foundation
import JSON

#if canImport(Glibc)
    import Glibc
#endif

/// Talks to the running server through the socket in its data directory.
struct AdministrationSocket {
    let path: String

    /// Sends one request and waits for its reply.
    ///
    /// - Returns: nil when nobody listens there.
    func send(_ request: JSONValue) throws -> JSONValue? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw CommandError("no socket can be made (\(errno))") }
        defer { close(descriptor) }
        guard try connect(descriptor) else { return nil }
        var line = request.bytes
        line.append(0x0A)
        var sent = 0
        while sent < line.count {
            let count = unsafe line[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw CommandError("the server closed the connection") }
            sent += count
        }
        var reply: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while reply.last != 0x0A {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw CommandError("the server closed the connection") }
            reply += chunk[..<count]
        }
        return try JSONParser.parse(Array(reply.dropLast()), options: JSONParser.Options(maxBytes: 256 << 20))
    }

    private func connect(_ descriptor: Int32) throws -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else {
            throw CommandError("the data directory's path is too long for a socket (\(bytes.count) bytes)")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0
    }
}

/// A command that cannot do what it was asked, in words for the terminal.
struct CommandError: Error, CustomStringConvertible {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// Names and texts from outside may be in it, so it is cleaned.
    var description: String {
        cleanLines(message) + (hint.map { "\n    hint: \(clean($0, limit: 1000))" } ?? "")
    }
}
