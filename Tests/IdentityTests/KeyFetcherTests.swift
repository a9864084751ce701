import Core
import Crypto
import Engine
import HTTP
import JSON
import NIOHTTP1
import Synchronization
import Testing

@testable import Identity

struct KeyFetcherTests {
    private func withServer(_ body: (KeyServer, String) async throws -> Void) async throws {
        let server = KeyServer()
        let port = try await server.start()
        do {
            try await body(server, "http://127.0.0.1:\(port)/keys")
            try await server.stop()
        } catch {
            try await server.stop()
            throw error
        }
    }

    private func fetcher(seconds: Int = 5) -> KeyFetcher {
        KeyFetcher(allowsLoopbackHTTP: true, timeLimitSeconds: seconds) { host, _ in host }
    }

    private func authenticator(_ issuer: TestIssuer, _ url: String, cache: Int = 300) throws -> TokenAuthenticator {
        var trusted = issuer.trusted
        trusted.keys = .jwksURL(url, cacheSeconds: cache)
        return try TokenAuthenticator(issuers: [trusted], fetcher: fetcher(), logger: silent)
    }

    @Test func `keys are fetched once and kept`() async throws {
        try await withServer { server, url in
            let issuer = try TestIssuer()
            server.answers(jwks([try issuer.key.jwk("k2")]))
            let authenticator = try authenticator(issuer, url)
            let token = try issuer.draft.signed()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { #expect(await authenticator.result(token).principal != nil) }
                }
            }
            #expect(server.requests == ["/keys"])
            for number in 0..<5 {
                var draft = issuer.draft
                draft.claims["jti"] = .string("t-\(number)")
                #expect(
                    await authenticator.result(try draft.signed(), at: noon.advanced(bySeconds: 200)).principal != nil)
            }
            #expect(server.requests.count == 1)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 301)).principal != nil)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `an unknown kid fetches again at once, and then at most every 30 seconds`() async throws {
        try await withServer { server, url in
            let issuer = try TestIssuer()
            server.answers(jwks([try issuer.key.jwk("k2")]))
            let authenticator = try authenticator(issuer, url)
            #expect(await authenticator.result(try issuer.draft.signed()).principal != nil)
            var draft = issuer.draft
            draft.key = .es256(P256.Signing.PrivateKey())
            draft.header["kid"] = "k3"
            let new = try draft.signed()
            #expect(await authenticator.result(new, at: noon).cause == "unknown-key")
            #expect(server.requests.count == 2, "the issuer may have begun to use it right after the first fetch")
            server.answers(jwks([try issuer.key.jwk("k2"), try draft.key.jwk("k3")]))
            for second in [0, 10, 29] {
                #expect(await authenticator.result(new, at: noon.advanced(bySeconds: second)).cause == "unknown-key")
            }
            #expect(server.requests.count == 2)
            #expect(await authenticator.result(new, at: noon.advanced(bySeconds: 30)).principal != nil)
            #expect(server.requests.count == 3)
            draft.header["kid"] = "k4"
            #expect(
                await authenticator.result(try draft.signed(), at: noon.advanced(bySeconds: 31)).cause == "unknown-key")
            #expect(server.requests.count == 4)
            for _ in 0..<10 {
                #expect(
                    await authenticator.result(try draft.signed(), at: noon.advanced(bySeconds: 45)).cause
                        == "unknown-key")
            }
            #expect(server.requests.count == 4)
            // A key that is taken away stops verifying when the keys are fetched again.
            server.answers(jwks([try draft.key.jwk("k3")]))
            let old = try issuer.draft.signed()
            #expect(await authenticator.result(old, at: noon.advanced(bySeconds: 100)).principal != nil)
            #expect(await authenticator.result(new, at: noon.advanced(bySeconds: 100)).principal != nil)
            #expect(authenticator.cached(new, at: noon.advanced(bySeconds: 100)) != nil)
            #expect(
                await authenticator.result(try draft.signed(), at: noon.advanced(bySeconds: 100)).cause == "unknown-key"
            )
            #expect(authenticator.cached(new, at: noon.advanced(bySeconds: 100)) == nil)
            #expect(await authenticator.result(old, at: noon.advanced(bySeconds: 100)).cause == "unknown-key")
        }
    }

    @Test func `keys outlive an outage of an hour and no more`() async throws {
        try await withServer { server, url in
            let issuer = try TestIssuer()
            server.answers(jwks([try issuer.key.jwk("k2")]))
            let authenticator = try authenticator(issuer, url)
            var draft = issuer.draft
            draft.claims["exp"] = JSONValue(noon.seconds + 100_000)
            let token = try draft.signed()
            #expect(await authenticator.result(token).principal != nil)
            server.answers(KeyServer.Answer(status: .internalServerError))
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 400)).principal != nil)
            #expect(server.requests.count == 2)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 431)).principal != nil)
            #expect(server.requests.count == 3)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3899)).principal != nil)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3930)).code == .unavailable)
            server.answers(jwks([try issuer.key.jwk("k2")]))
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3931)).code == .unavailable)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3960)).principal != nil)
        }
    }

    @Test func `the issuer may shorten how long keys are kept, within bounds`() async throws {
        try await withServer { server, url in
            let issuer = try TestIssuer()
            let body = jwks([try issuer.key.jwk("k2")])
            let token = try issuer.draft.signed()
            for (control, refetched) in [
                ("max-age=5", 61), ("public, max-age=100", 101), ("max-age=99999", 301), ("no-store", 61),
            ] {
                server.answers(.init(headers: [("Cache-Control", control)], body: body))
                let authenticator = try authenticator(issuer, url)
                #expect(await authenticator.result(token).principal != nil)
                let before = server.requests.count
                #expect(await authenticator.result(token, at: noon.advanced(bySeconds: refetched - 2)).principal != nil)
                #expect(server.requests.count == before, "\(control)")
                #expect(await authenticator.result(token, at: noon.advanced(bySeconds: refetched)).principal != nil)
                #expect(server.requests.count == before + 1, "\(control)")
            }
        }
    }

    @Test func `answers that are not plain documents are refused`() async throws {
        try await withServer { server, url in
            let issuer = try TestIssuer()
            let good = jwks([try issuer.key.jwk("k2")])
            let token = try issuer.draft.signed()
            let answers: [(String, KeyServer.Answer)] = [
                ("a redirect", .init(status: .found, headers: [("Location", url + "2")], body: good)),
                ("a permanent redirect", .init(status: .permanentRedirect, headers: [("Location", url + "2")])),
                ("no content", .init(status: .noContent)),
                ("too large", .init(body: good + [UInt8](repeating: 0x20, count: 256 << 10))),
                ("compressed", .init(headers: [("Content-Encoding", "gzip")], body: good)),
                ("no key set", .init(body: Array("[]".utf8))),
                ("only a secret key", .init(body: Array(#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#.utf8))),
                ("a repeated name", .init(body: Array(#"{"keys":[],"keys":[]}"#.utf8))),
            ]
            for (name, answer) in answers {
                server.answers(answer)
                #expect(await (try authenticator(issuer, url)).result(token).code == .unavailable, "\(name)")
            }
            #expect(!server.requests.contains("/keys2"))
            server.answers(good)
            #expect(await (try authenticator(issuer, url)).result(token).principal != nil)
        }
    }

    /// Such a server never answers, so that it ends at all is what is tested.
    @Test(.timeLimit(.minutes(5))) func `a server that says nothing is given up`() async throws {
        try await withServer { server, url in
            server.answers(.init(body: [1, 2, 3], stalls: true))
            await #expect(throws: KeySetFault.self) { _ = try await fetcher(seconds: 1).document(at: url) }
        }
    }

    @Test func `the judge has the say over where connections go`() async throws {
        try await withServer { server, url in
            server.answers([0x7B])
            let judged = Mutex<[String]>([])
            let refusing = KeyFetcher(allowsLoopbackHTTP: true) { host, port in
                judged.withLock { $0.append("\(host) \(port)") }
                return nil
            }
            await #expect(throws: KeySetFault.self) { _ = try await refusing.document(at: url) }
            #expect(server.requests.isEmpty)
            #expect(judged.withLock { $0 }.count == 1)
            // The name is the one judged, the connection goes to the judged address.
            let named = url.replacing("127.0.0.1", with: "localhost")
            let pinning = KeyFetcher(allowsLoopbackHTTP: true) { _, _ in "127.0.0.1" }
            let pinned = try await pinning.document(at: named)
            #expect(pinned.bytes == [0x7B])
            let elsewhere = KeyFetcher(allowsLoopbackHTTP: true, timeLimitSeconds: 2) { _, _ in "127.0.0.77" }
            await #expect(throws: KeySetFault.self) { _ = try await elsewhere.document(at: named) }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        "http://idp.test/keys", "ftp://idp.test/keys", "https:/idp.test", "https://", "https:///keys",
        "https://user@idp.test/keys", "https://user:pass@idp.test/", "https://idp.test/keys#x", "https://IDP.test/keys",
        "https://idp.test:0/", "https://idp.test:99999/", "https://idp.test:+1/", "https://idp.test:/",
        "https://idp.test\\@evil",
        "https://idp%2etest/", "https://[::1", "https://[::1%25eth0]/", "HTTPS://idp.test/", "https://idp.test?x",
        "http://127.0.0.1.evil.test/", "http://127.1/", "http://2130706433/", " https://idp.test/",
        "https://idp.test/ x",
        "https://täst/", "https://idp_test/", "file:///etc/passwd",
    ])
    func `addresses that could be read in two ways are refused`(url: String) {
        #expect(WebAddress(url, allowsLoopbackHTTP: true) == nil)
    }

    @Test func `addresses are read`() throws {
        let plain = try #require(WebAddress("https://idp.test/a?b=c", allowsLoopbackHTTP: false))
        #expect(plain.host == "idp.test" && plain.port == 443)
        let port = try #require(WebAddress("https://idp.test:8443", allowsLoopbackHTTP: false))
        #expect(port.host == "idp.test" && port.port == 8443)
        let six = try #require(WebAddress("https://[2001:db8::1]:8443/k", allowsLoopbackHTTP: false))
        #expect(six.host == "2001:db8::1" && six.port == 8443)
        #expect(WebAddress("http://127.0.0.1:9000/k", allowsLoopbackHTTP: false) == nil)
        #expect(WebAddress("http://127.0.0.1:9000/k", allowsLoopbackHTTP: true)?.port == 9000)
        #expect(WebAddress("http://[::1]/k", allowsLoopbackHTTP: true)?.port == 80)
    }
}
