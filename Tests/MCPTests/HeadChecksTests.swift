import JSON
import MCP
import Testing

@Suite struct HeadChecksTests {
    private func status(_ change: (inout Sample) -> Void) -> Int {
        var sample = Sample(.modern)
        change(&sample)
        return Ladder.forTests.before(sample.head)?.reply.status ?? 0
    }

    @Test func `an allowed origin passes in any case`() {
        #expect(status { $0.set("Origin", "https://APP.test") } == 0)
        #expect(status { $0.set("Origin", "https://app.test.evil.test") } == 403)
        #expect(status { $0.set("Origin", "null") } == 403)
        #expect(
            status { $0.headers += [HeaderField("Origin", "https://app.test"), HeaderField("origin", "x")] } == 403)
    }

    @Test(arguments: [
        ("gw.test", 0), ("GW.test", 0), ("gw.test:8443", 0), ("[::1]", 0), ("[::1]:80", 0), ("localhost:8080", 0),
        ("localhost:8081", 403), ("localhost", 403), ("evil.test", 403), ("gw.test.", 403), ("", 403), ("::1", 403),
    ]) func `hosts are matched by name and port`(host: String, expected: Int) {
        #expect(status { $0.set("Host", host) } == expected)
    }

    @Test func `a missing or repeated host is refused`() {
        #expect(status { $0.set("Host", nil) } == 403)
        #expect(status { $0.headers.append(HeaderField("HOST", "gw.test")) } == 403)
    }

    @Test(arguments: ["GET", "DELETE", "post", "PUT", "HEAD", "OPTIONS", ""])
    func `other methods name the one that is allowed`(method: String) throws {
        var sample = Sample(.legacy)
        sample.httpMethod = method
        let reply = try #require(sample.read().reply)
        #expect(reply.status == 405)
        #expect(reply.header("Allow") == "POST")
    }

    @Test(arguments: [
        ("application/json, text/event-stream", true, true), ("application/json", true, false),
        ("text/event-stream", false, true), ("*/*", true, true), ("text/*;q=0.5 , application/*", true, true),
        ("Application/JSON; charset=utf-8", true, false), ("application/json;q=0, text/event-stream", false, true),
        ("application/json; q=0.001", true, false),
    ]) func `accept decides the kinds of answer`(accept: String, json: Bool, events: Bool) throws {
        var sample = Sample(.modern)
        sample.set("Accept", accept)
        let exchange = try #require(sample.read().exchange)
        #expect(exchange.accepts.json == json)
        #expect(exchange.accepts.events == events)
    }

    @Test func `without accept anything goes`() throws {
        var sample = Sample(.modern)
        sample.set("Accept", nil)
        let exchange = try #require(sample.read().exchange)
        #expect(exchange.accepts.json && exchange.accepts.events)
    }

    @Test(arguments: ["", "text/html", "application/json;q=0", "application/json;q=0.000;a=b", "application/jsonp"])
    func `neither kind is 406`(accept: String) {
        #expect(status { $0.set("Accept", accept) } == 406)
    }

    @Test(arguments: [
        ("application/json; charset=utf-8", 0), ("APPLICATION/JSON", 0), (" application/json ;x", 0),
        ("application/json-patch+json", 415), ("application/json, text/plain", 415), ("", 415),
    ]) func `content types`(type: String, expected: Int) {
        #expect(status { $0.set("Content-Type", type) } == expected)
    }

    @Test(arguments: [
        ("0", 0), ("4096", 0), ("4097", 413), ("18446744073709551616", 413), ("+280", 400), ("-1", 400),
        ("0x10", 400), ("", 400), ("1 2", 400), ("٤", 400),
    ]) func `declared lengths`(length: String, expected: Int) {
        #expect(status { $0.set("Content-Length", length) } == expected)
    }

    @Test func `a length that is declared twice is refused`() {
        #expect(
            status { $0.headers += [HeaderField("Content-Length", "5"), HeaderField("content-length", "5")] } == 400)
    }

    @Test func `content that is not encoded passes`() {
        #expect(status { $0.set("Content-Encoding", "identity") } == 0)
        #expect(status { $0.set("Content-Encoding", "") } == 415)
    }
}
