import NIOCore
import NIOPosix
import Synchronization

/// A source on loopback that keeps every request as it came and answers with what it is told to.
final class TrapSource: Sendable {
    /// A request as it came over the wire.
    struct Request: Sendable {
        var method: String
        /// Path and query.
        var target: String
        /// In their order, names in lower case.
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        /// The path in its segments, still encoded.
        var segments: [Substring] {
            target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        }

        /// The pairs in the query, still encoded.
        var query: [(name: String, value: String)] {
            guard let start = target.firstIndex(of: "?") else { return [] }
            return Self.pairs(target[target.index(after: start)...])
        }

        /// The pairs of `a=b&c=d`.
        static func pairs(_ text: Substring) -> [(name: String, value: String)] {
            text.split(separator: "&", omittingEmptySubsequences: false).map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }
        }
    }

    private struct State {
        var requests: [Request] = []
        var answer: [UInt8] = Array("{}".utf8)
        var doubles = false
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// Everything that came so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// What is answered from now on, as JSON.
    func answer(with body: [UInt8]) {
        state.withLock { $0.answer = body }
    }

    /// From now on takes every request for two, as if it had been sent twice.
    func doubles() {
        state.withLock { $0.doubles = true }
    }

    /// - Returns: the port.
    func listen(on group: any EventLoopGroup) async throws -> Int {
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TrapHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    func close() async {
        let channel = channel.withLock { $0 }
        try? await channel?.close()
    }

    /// Takes a whole request off the front of what came.
    ///
    /// - Returns: the answer's bytes; nil until the request is whole.
    fileprivate func take(from bytes: inout [UInt8]) -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: parts.first?.lowercased() ?? "",
                value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            )
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard bytes.count >= head + 4 + length else { return nil }
        let body = Array(bytes[(head + 4)..<(head + 4 + length)])
        bytes.removeFirst(head + 4 + length)
        let answer = state.withLock { state in
            let request = Request(
                method: words.first.map(String.init) ?? "", target: words.count > 1 ? String(words[1]) : "",
                headers: headers, body: body)
            state.requests += Array(repeating: request, count: state.doubles ? 2 : 1)
            return state.answer
        }
        return Array(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(answer.count)\r\n\r\n".utf8)
            + answer
    }
}

private final class TrapHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let trap: TrapSource
    private var bytes: [UInt8] = []

    init(_ trap: TrapSource) {
        self.trap = trap
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        guard bytes.count <= 16 << 20 else { return context.close(promise: nil) }
        while let answer = trap.take(from: &bytes) {
            context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: nil)
        }
    }
}
