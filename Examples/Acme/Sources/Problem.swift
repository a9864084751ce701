import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging

/// An error as the client sees it, `application/problem+json` (RFC 9457).
struct Problem: HTTPResponseError, Equatable {
    struct FieldError: Encodable, Equatable {
        var field: String
        var message: String
    }

    var status: HTTPResponse.Status
    var detail: String
    var errors: [FieldError]

    init(_ status: HTTPResponse.Status, _ detail: String, errors: [FieldError] = []) {
        self.status = status
        self.detail = detail
        self.errors = errors
    }

    static let unauthorized = Problem(.unauthorized, "Send a valid API key in the X-Api-Key header.")

    static func notFound(_ what: String, _ id: String) -> Problem {
        Problem(.notFound, "There is no \(what) \(id).")
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = Body(
            type: "about:blank",
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            errors: errors.isEmpty ? nil : errors,
        )
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if status == .unauthorized { headers[.wwwAuthenticate] = "ApiKey realm=\"acme\"" }
        let bytes = ByteBuffer(bytes: try JSONEncoder.acme.encode(body))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    private struct Body: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var errors: [FieldError]?
    }
}

/// Turns whatever a handler throws into a problem document; causes that are ours go to the log only.
struct AnswerProblems: RouterMiddleware {
    func handle(
        _ request: Request,
        context: AcmeRequestContext,
        next: @concurrent (Request, AcmeRequestContext) async throws -> Response,
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return try problem.response(from: request, context: context)
        } catch let error as HTTPError {
            let detail = error.body ?? error.status.reasonPhrase
            return try Problem(error.status, detail).response(from: request, context: context)
        } catch let error as any HTTPResponseError {
            return try Problem(error.status, error.status.reasonPhrase).response(from: request, context: context)
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            return try Problem(.internalServerError, "Something went wrong on our side.")
                .response(from: request, context: context)
        }
    }
}

/// Runs a statement whose violation of one constraint means a conflict (409) with what is stored.
func orConflict<Value>(_ code: ResultCode, _ detail: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as DatabaseError where error.extendedResultCode == code {
        throw Problem(.conflict, detail)
    }
}
