import JSON
import MCP
import Testing

@Suite struct EventStreamTests {
    @Test func `one message is one event`() {
        #expect(EventStream.event(Array("{\"a\":1}".utf8)) == Array("event: message\ndata: {\"a\":1}\n\n".utf8))
    }

    @Test func `line ends inside a message do not end it`() {
        let event = EventStream.event(Array("{\r\n\"a\":\n\n1\r}".utf8))
        #expect(String(decoding: event, as: UTF8.self) == "event: message\ndata: {  \"a\":  1 }\n\n")
    }

    @Test func `the stream is neither cached nor held back`() {
        #expect(EventStream.opening.status == 200)
        #expect(EventStream.opening.header("Content-Type") == "text/event-stream")
        #expect(EventStream.opening.header("Cache-Control") == "no-cache")
        #expect(EventStream.opening.header("X-Accel-Buffering") == "no")
        #expect(String(decoding: EventStream.keepAlive, as: UTF8.self) == ": ping\n\n")
    }

    private func progress(_ token: JSONValue?) throws -> Progress? {
        var sample = Sample(.legacy)
        if let token { sample.setMeta("progressToken", token) }
        return Progress(try #require(sample.read().exchange))
    }

    @Test func `progress is told to those who asked`() throws {
        #expect(try progress(nil) == nil)
        var progress = try #require(try progress(12))
        #expect(
            progress.advance(to: 1, of: 4, message: "a\nb").map { String(decoding: $0, as: UTF8.self) }
                == #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":12,"#
                + #""progress":1,"total":4,"message":"a\nb"}}"#)
    }

    @Test func `progress only grows and ends`() throws {
        var progress = try #require(try progress("t"))
        #expect(progress.advance(to: .nan) == nil)
        #expect(progress.advance(to: .infinity) == nil)
        #expect(progress.advance(to: 0) != nil)
        #expect(progress.advance(to: 0) == nil)
        #expect(progress.advance(to: -1) == nil)
        #expect(progress.advance(to: 0.5, of: .nan) != nil)
        progress.finish()
        #expect(progress.advance(to: 1) == nil)
    }
}
