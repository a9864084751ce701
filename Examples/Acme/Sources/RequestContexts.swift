package import Foundation
package import Hummingbird

/// What every request carries; `caller` is set once the API key has been recognised.
package struct AcmeRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    var caller: User?

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    package var requestDecoder: JSONDecoder { .acme }
    package var responseEncoder: JSONEncoder { .acme }
}

/// A request whose caller is known. Handlers of the API see no other kind.
struct SignedInRequestContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let user: User

    init(context: AcmeRequestContext) throws {
        guard let caller = context.caller else { throw Problem.unauthorized }
        coreContext = context.coreContext
        user = caller
    }

    var maxUploadSize: Int { 256 * 1024 }
    var requestDecoder: JSONDecoder { .acme }
    var responseEncoder: JSONEncoder { .acme }
}

extension SignedInRequestContext {
    /// A parameter of the path, percent-decoded; the router hands it out as it came.
    func pathParameter(_ name: String) throws -> String {
        let text = try parameters.require(name)
        return text.removingPercentEncoding ?? text
    }
}

extension JSONEncoder {
    static var acme: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension JSONDecoder {
    static var acme: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
