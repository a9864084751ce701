#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A host name has no address.
package struct ResolveError: Error, CustomStringConvertible {
    package let description: String
}

/// The addresses of a host name by the system's resolver, in its order of preference (RFC 6724). Blocks.
package func resolveHost(_ host: String) throws -> [IPAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    #if canImport(Glibc)
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
        unsafe hints.ai_socktype = SOCK_STREAM
    #endif
    var first: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, nil, &hints, &first)
    guard code == 0 else {
        throw ResolveError(description: unsafe String(cString: gai_strerror(code)))
    }
    defer { unsafe freeaddrinfo(first) }
    var addresses: [IPAddress] = []
    var next = unsafe first
    while let entry = unsafe next, addresses.count < 64 {
        if let address = unsafe address(entry.pointee), !addresses.contains(address) { addresses.append(address) }
        unsafe next = entry.pointee.ai_next
    }
    return addresses
}

private func address(_ entry: addrinfo) -> IPAddress? {
    // The address lies 4 bytes into sockaddr_in (RFC 3493 §3.2 leaves the layout to the system; Linux and BSD agree),
    // and 8 bytes into sockaddr_in6.
    let (offset, count): (Int, Int)
    switch unsafe entry.ai_family {
    case AF_INET: (offset, count) = (4, 4)
    case AF_INET6: (offset, count) = (8, 16)
    default: return nil
    }
    guard let socketAddress = unsafe entry.ai_addr, unsafe Int(entry.ai_addrlen) >= offset + count else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(socketAddress) + offset, count: count)
    return IPAddress(networkBytes: unsafe Array(bytes))
}
