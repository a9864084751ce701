import Hummingbird
import Synchronization

/// How many requests each endpoint was asked since the start, refused ones included.
final class RequestCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ endpoint: String) {
        counts.withLock { $0[endpoint, default: 0] += 1 }
    }

    func snapshot() -> Snapshot {
        let endpoints = counts.withLock { $0 }
        return Snapshot(total: endpoints.values.reduce(0, +), endpoints: endpoints)
    }

    /// Keys are `METHOD /path/{template}`, and `unrouted` for requests that match no route.
    struct Snapshot: ResponseEncodable {
        var total: Int
        var endpoints: [String: Int]
    }
}

struct CountRequests: RouterMiddleware {
    let counts: RequestCounts

    func handle(
        _ request: Request,
        context: AcmeRequestContext,
        next: @concurrent (Request, AcmeRequestContext) async throws -> Response,
    ) async throws -> Response {
        switch context.endpointPath {
        case "/_stats": break
        case .some(let path) where path.hasPrefix("/"): counts.count("\(request.method) \(path)")
        default: counts.count("unrouted")
        }
        return try await next(request, context)
    }
}
