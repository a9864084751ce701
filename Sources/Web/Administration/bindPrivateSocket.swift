import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Binds a Unix socket that only its owner can reach, from its first moment on.
///
/// The mode of an unbound socket is the mode of its file (Linux: `unix_bind_bsd`), so the process's file mode mask,
/// which every thread shares, is left alone.
/// - Returns: the descriptor, not listening yet.
/// - Throws: `IOError`; there is no socket then.
func bindPrivateSocket(_ path: String) throws -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw IOError(errnoCode: ENAMETOOLONG, reason: "the socket's path has \(bytes.count) bytes")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "no socket can be made") }
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            unsafe fchmod(descriptor, 0o600) == 0
                && bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
    guard isBound else {
        let code = errno
        close(descriptor)
        throw IOError(errnoCode: code, reason: "no socket can be bound to \(path)")
    }
    return descriptor
}
