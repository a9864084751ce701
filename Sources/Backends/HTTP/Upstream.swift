package import NIOCore

/// An HTTP/1.1 client for one origin, with connections that are kept.
///
/// Each event loop has its own pool: a request is written and its response read on the loop that it was called on, so
/// that no thread waits for another. One request at a time goes over a connection. Redirects are not followed, no proxy
/// is used, no cookie is kept.
package final class Upstream: Sendable {
    package let origin: Origin
    package let options: Options

    private let writer: RequestWriter
    private let pools: [NIOLoopBoundBox<UpstreamPool>]

    /// - Parameters:
    ///   - group: whose loops requests will be sent on.
    /// - Throws: `tlsFailed` if the trust roots cannot be read.
    package init(origin: Origin, options: Options = Options(), group: any EventLoopGroup) throws(UpstreamFault) {
        self.origin = origin
        self.options = options
        writer = RequestWriter(origin: origin, acceptsGzip: options.acceptsGzip)
        let opener = try ConnectionOpener(origin: origin, options: options)
        pools = group.makeIterator().map { loop in
            NIOLoopBoundBox.makeBoxSendingValue(
                UpstreamPool(loop: loop, options: options, opener: opener), eventLoop: loop)
        }
    }

    /// Sends one request and returns its response, read to the end.
    ///
    /// Cancelling the task closes the connection that the request went out on.
    ///
    /// - Parameter loop: one of the group's. Nothing changes threads if the task runs on it.
    /// - Throws: ``UpstreamFault``, whose ``UpstreamFault/didSend`` tells a failure from an unknown outcome.
    package func send(
        _ request: UpstreamRequest, on loop: any EventLoop
    ) async throws(UpstreamFault) -> UpstreamResponse {
        let bytes: ByteBuffer
        do throws(RequestWriter.Flaw) {
            bytes = try writer.write(request)
        } catch {
            throw UpstreamFault(.invalidRequest, didSend: false, detail: error.detail)
        }
        guard !Task.isCancelled else { throw UpstreamFault(.cancelled, didSend: false, detail: "cancelled") }
        guard let pool = pools.first(where: { $0.eventLoop === loop }) ?? pools.first else {
            throw UpstreamFault(.shutDown, didSend: false, detail: "the group has no event loop")
        }
        let loop = pool.eventLoop
        let exchange = NIOLoopBoundBox.makeBoxSendingValue(
            UpstreamExchange(
                bytes: bytes, isHead: request.method == "HEAD", isIdempotent: request.isIdempotent,
                timeLimit: min(options.requestTimeout, request.timeLimit ?? options.requestTimeout)),
            eventLoop: loop)
        let result = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                let waiter = unsafe UpstreamExchange.Waiter(continuation)
                if loop.inEventLoop {
                    pool.value.start(exchange.value, waiter)
                } else {
                    loop.execute { pool.value.start(exchange.value, waiter) }
                }
            }
        } onCancel: {
            // Comes to the loop after the start where the task runs on it; before or after it otherwise.
            loop.execute { exchange.value.cancel() }
        }
        return try result.get()
    }

    /// Refuses new requests, lets those under way come to their end, and returns when every connection is closed.
    package func close() async {
        let ends = pools.map { pool in
            let promise = pool.eventLoop.makePromise(of: Void.self)
            pool.eventLoop.execute { pool.value.shutDown(promise) }
            return promise.futureResult
        }
        for end in ends { try? await end.get() }
    }
}
