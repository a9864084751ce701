/// Everything that a request can be told instead of a result: the one table of JSON-RPC codes and HTTP statuses.
///
/// Codes follow 2026-07-28, basic/index, Error Codes. Legacy clients expect an error in a 200 body unless the
/// transport itself refuses; modern ones expect the status to say so too.
public enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    case originRefused
    case hostRefused
    case methodNotAllowed
    case notAcceptable
    case unsupportedMediaType
    case unsupportedContentCoding
    case invalidLength
    case bodyTooLarge
    case parseError
    case invalidRequest
    case headerMismatch
    case invalidParams
    case unsupportedProtocolVersion
    case methodNotFound
    case missingClientCapability
    case urlElicitationRequired
    case internalError

    private var row: (number: Int, modern: Int, legacy: Int) {
        switch self {
        case .originRefused: (-32600, 403, 403)
        case .hostRefused: (-32600, 403, 403)
        case .methodNotAllowed: (-32600, 405, 405)
        case .notAcceptable: (-32600, 406, 406)
        case .unsupportedMediaType: (-32600, 415, 415)
        case .unsupportedContentCoding: (-32600, 415, 415)
        case .invalidLength: (-32600, 400, 400)
        case .bodyTooLarge: (-32600, 413, 413)
        case .parseError: (-32700, 400, 400)
        case .invalidRequest: (-32600, 400, 400)
        case .headerMismatch: (-32020, 400, 400)
        case .invalidParams: (-32602, 400, 200)
        case .unsupportedProtocolVersion: (-32022, 400, 400)
        case .methodNotFound: (-32601, 404, 200)
        case .missingClientCapability: (-32021, 400, 200)
        // 2025-11-25 only.
        case .urlElicitationRequired: (-32042, 400, 200)
        // The specification gives no status to internal errors; the reference server answers 200.
        case .internalError: (-32603, 200, 200)
        }
    }

    /// The JSON-RPC error code.
    public var number: Int { row.number }

    /// The HTTP status that carries the error.
    public func status(in era: Era) -> Int {
        switch era {
        case .legacy: row.legacy
        case .modern: row.modern
        }
    }
}
