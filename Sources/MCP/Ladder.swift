import JSON

/// Reads requests of both eras on one endpoint.
///
/// A request climbs the rungs of ``Rung/all`` in order, and the first that refuses gives the answer. Authentication
/// stands between the two halves: ``before(_:)`` needs only the head, ``read(_:body:)`` also the body.
public struct Ladder: Sendable {
    /// Bounds on what is read.
    public struct Limits: Sendable {
        /// Bytes of a body.
        public var maxBodyBytes: Int
        /// Levels of arrays and objects in a body.
        public var maxDepth: Int

        public init(maxBodyBytes: Int = 4 << 20, maxDepth: Int = 100) {
            self.maxBodyBytes = maxBodyBytes
            self.maxDepth = maxDepth
        }
    }

    /// How the server names itself in results.
    public let server: Implementation
    /// Values of `Origin` that may reach the endpoint; nil for all. A request without the header always may.
    public let origins: [String]?
    /// Values of `Host` that may reach the endpoint; nil for all. A name without a port stands for every port.
    public let hosts: [String]?
    public let limits: Limits

    public init(server: Implementation, origins: [String]? = [], hosts: [String]? = nil, limits: Limits = Limits()) {
        self.server = server
        self.origins = origins
        self.hosts = hosts
        self.limits = limits
    }

    /// Judges a request by its head, before anything is known of who sent it.
    ///
    /// - Returns: nil when it may go on to authentication.
    public func before(_ head: RequestHead) -> Refusal? {
        var candidate = Candidate(head: head, ladder: self)
        return if case .refused(let refusal)? = walk(.head, &candidate) { refusal } else { nil }
    }

    /// Reads the body of a request whose head has passed.
    ///
    /// - Parameter body: The whole body. A body that was cut off at the limit is still refused as too large if one
    ///   byte more than the limit is given.
    public func read(_ head: RequestHead, body: Span<UInt8>) -> Reading {
        var candidate = Candidate(head: head, ladder: self)
        let options = JSONParser.Options(maxDepth: limits.maxDepth, maxBytes: limits.maxBodyBytes)
        do throws(JSONSyntaxError) {
            candidate.document = .success(try JSONParser.parse(body, options: options))
        } catch {
            candidate.document = .failure(error)
        }
        if let reading = walk(.message, &candidate) { return reading }
        guard let exchange = candidate.exchange else {
            // INVARIANT: the rungs of the second half leave nothing unset.
            return .refused(candidate.refusal(by: "end", .internalError, "the request could not be read", nil))
        }
        if case .ping = exchange.method { return .reply(exchange.result(JSONObject()).reply) }
        return .request(exchange)
    }

    /// Reads the body of a request whose head has passed.
    public func read(_ head: RequestHead, body: [UInt8]) -> Reading {
        read(head, body: body.span)
    }

    private func walk(_ half: Rung.Half, _ candidate: inout Candidate) -> Reading? {
        for rung in Rung.all where rung.half == half && (rung.era == nil || rung.era == candidate.era) {
            switch rung.check(&candidate) {
            case .pass: continue
            case .accepted: return .reply(.accepted)
            case .cancelled(let id): return .cancelled(id)
            case .answered(let id, let result): return .answered(id, result)
            case .refuse(let code, let message, let data):
                return .refused(candidate.refusal(by: rung.name, code, message, data))
            }
        }
        return nil
    }
}
