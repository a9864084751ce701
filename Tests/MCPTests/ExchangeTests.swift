import JSON
import MCP
import Testing

@Suite struct ExchangeTests {
    @Test func `what a modern request says of itself`() throws {
        var sample = Sample(.modern)
        sample.setMeta("progressToken", "p-1")
        sample.setMeta("traceparent", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01")
        sample.setMeta("tracestate", "a=1")
        sample.setMeta("com.example/extra", [1, 2])
        sample.setParam("inputResponses", ["k": ["action": "accept"]])
        sample.setParam("requestState", "opaque")
        let exchange = try #require(sample.read().exchange)
        #expect(exchange.progressToken?.value == "p-1")
        #expect(exchange.traceContext?.traceparent.hasPrefix("00-0af7") == true)
        #expect(exchange.traceContext?.tracestate == "a=1")
        #expect(exchange.clientCapabilities["elicitation"]?["url"] == [:])
        #expect(exchange.clientInfo?["name"] == "tests")
        #expect(exchange.meta["com.example/extra"] == [1, 2])
        #expect(exchange.params["requestState"] == "opaque")
        #expect(exchange.params["inputResponses"]?["k"]?["action"] == "accept")
    }

    @Test func `legacy capabilities are said once`() throws {
        let initialize = Sample(
            .legacy, method: "initialize",
            params: [
                "protocolVersion": "2025-06-18", "capabilities": ["elicitation": [:]],
                "clientInfo": ["name": "codex", "version": "0.1"],
            ])
        let exchange = try #require(initialize.read().exchange)
        #expect(exchange.clientCapabilities == ["elicitation": [:]])
        #expect(exchange.clientInfo?["name"] == "codex")
        #expect(try #require(Sample(.legacy).read().exchange).clientCapabilities.isEmpty)
    }

    @Test(arguments: [
        "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-0",
        "00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01",
        "ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-0g", "", "00", "\r\n",
    ]) func `malformed trace parents are dropped`(traceparent: String) {
        #expect(TraceContext(traceparent: traceparent) == nil)
    }

    @Test func `long or odd trace state is dropped, the parent stays`() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
        let context = TraceContext(
            traceparent: parent, tracestate: String(repeating: "a", count: 513), baggage: "a=\r\nX: 1")
        #expect(context?.traceparent == parent)
        #expect(context?.tracestate == nil && context?.baggage == nil)
    }
}
