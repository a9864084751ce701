import Core
import JSON
import Policy
import Risk
import Telemetry
import Testing

@Suite struct EncodeSpansTests {
    private func course() -> Course {
        var course = Course(
            start: Timestamp(microseconds: 1_700_000_000_000_001), end: Timestamp(microseconds: 1_700_000_000_005_000),
            outcome: .failure)
        course.target = Course.Target(tool: "get_deal", source: "acme", bucket: .read)
        course.effect = .allow
        course.status = 503
        course.code = .sourceUnavailable
        course.ends = [
            (.admit, Timestamp(microseconds: 1_700_000_000_001_000)),
            (.dispatch, Timestamp(microseconds: 1_700_000_000_003_000)),
        ]
        var words: [(UInt64, UInt64)] = [(0, 0xA), (0xB, 0)]
        course.trace = Trace(
            received: TraceParent(high: 1, low: 2, span: 3, isSampled: true), sampler: Sampler(share: 1),
            words: { words.removeFirst() })
        return course
    }

    @Test func `a call is a server's span with the hop as its child`() throws {
        let value = encodeSpans(course().spans, version: "1", instance: "i")
        let spans = try #require(value["resourceSpans"]?.array?[0]["scopeSpans"]?.array?[0]["spans"]?.array)
        #expect(spans.count == 2)
        #expect(
            spans[0].text
                == #"{"traceId":"00000000000000010000000000000002","spanId":"000000000000000a","parentSpanId":"0000000000000003","#
                + #""name":"tools/call get_deal","kind":2,"startTimeUnixNano":"1700000000000001000","#
                + #""endTimeUnixNano":"1700000000005000000","attributes":["#
                + #"{"key":"mcp.method.name","value":{"stringValue":"tools/call"}},"#
                + #"{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},"#
                + #"{"key":"gen_ai.tool.name","value":{"stringValue":"get_deal"}},"#
                + #"{"key":"sallyport.source","value":{"stringValue":"acme"}},"#
                + #"{"key":"sallyport.bucket","value":{"stringValue":"read"}},"#
                + #"{"key":"sallyport.effect","value":{"stringValue":"allow"}},"#
                + #"{"key":"sallyport.outcome","value":{"stringValue":"failure"}},"#
                + #"{"key":"error.type","value":{"stringValue":"source-unavailable"}}],"status":{"code":2}}"#)
        #expect(spans[1]["parentSpanId"] == "000000000000000a")
        #expect(spans[1]["spanId"] == "000000000000000b")
        #expect(spans[1]["kind"] == 3)
        #expect(spans[1]["startTimeUnixNano"] == "1700000000001000000")
        #expect(spans[1]["endTimeUnixNano"] == "1700000000003000000")
        #expect(spans[1].text.contains(#"{"key":"http.response.status_code","value":{"intValue":"503"}}"#))
    }

    @Test func `what did not leave has no hop, and what is not kept no span`() {
        var course = course()
        course.ends = []
        #expect(course.spans.count == 1)
        course.trace = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").map {
            Trace(passing: $0, span: 9)
        }
        #expect(course.spans.isEmpty)
        course.trace = nil
        #expect(course.spans.isEmpty)
    }

    @Test func `a denial is no error`() {
        var course = course()
        course.outcome = .refused
        course.code = .denied
        course.ends = []
        #expect(course.spans.map(\.isError) == [false])
    }

    @Test(arguments: [
        ("{}", 0), (#"{"partialSuccess":{"rejectedSpans":"7"}}"#, 7), (#"{"partialSuccess":{"rejectedSpans":3}}"#, 3),
        (#"{"partialSuccess":{"rejectedSpans":"-9"}}"#, 0), ("nonsense", 0), ("", 0),
        (#"{"partialSuccess":{"rejectedSpans":99999999999999999999}}"#, 0),
    ])
    func `what a collector did not take is read`(_ answer: String, _ count: Int) {
        #expect(rejectedSpans(Array(answer.utf8)) == count)
    }
}
