"""Health, figures and traces: Sallyport as those who run it see it."""

import contextlib
import http.client
import socket
import sqlite3
import ssl
import sys
import threading
import time

import rig
import wire
from cases import case, run, same, that, until
from collector import attributes
from observed import PIN, QUAY_KEY, World, figures, get, value, with_pin

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


# Health


@case
def readiness_names_the_part_that_does_not_work(world):
    gateway = world.gateway().start()
    reply = get(gateway, "/healthz")
    same((reply.status, reply.body), (200, b"{}"))
    reply = until(lambda: (found := get(gateway, "/readyz")).status == 200 and found)
    parts = {"journal": "ok", "log": "ok", "snapshot": "ok", "serving": "ok"}
    same(reply.json, {"ready": True, "parts": parts})
    with contextlib.closing(sqlite3.connect(gateway.data / "sallyport.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        reply = until(lambda: (found := get(gateway, "/readyz")).status == 503 and found)
        same(reply.json, {"ready": False, "parts": {**parts, "journal": "failed"}})
        same(get(gateway, "/healthz").status, 200)
        database.execute("ROLLBACK")
    until(lambda: get(gateway, "/readyz").status == 200)
    same(value(figures(gateway), "sallyport_ready"), 1)
    for path in ["/", "/mcp", "/metrics/", "/readyz/..", "/administration"]:
        same(get(gateway, path).status, 404, path)
    same(get(gateway, "/metrics", method="POST").status, 405)
    for path in ["/metrics", "/readyz"]:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        connection.request("GET", path)
        that(connection.getresponse().status >= 400, f"{path} stands on the agents' endpoint")
        connection.close()


@case
def readiness_ends_before_the_calls_do(world):
    upstream = world.rig.upstream()
    gateway = world.gateway(upstream).start()
    token = gateway.token("ana")
    until(lambda: get(gateway, "/readyz").status == 200)
    replies = []
    slow = threading.Thread(
        target=lambda: replies.append(wire.call(gateway.port, token, "get_tide", {"seconds": 30}))
    )
    slow.start()
    upstream.wait_for("began", "/tide")
    gateway.server.process.terminate()
    reply = until(lambda: (found := get(gateway, "/readyz")).status == 503 and found, 3)
    same(reply.json["parts"]["serving"], "failed")
    that(not replies, "the call has ended already")
    upstream.release()
    slow.join()
    same(replies[0].result["isError"], False)
    same(gateway.stop(), 0)


# Figures


@case
def figures_are_read_while_calls_run(world):
    gateway = world.gateway(writes="ask").start()
    token = gateway.token("ana")
    before = figures(gateway)
    same(value(before, "sallyport_build_info", version="0.1.0"), 1)
    ends = []

    def calls():
        for _ in range(20):
            ends.append(wire.call(gateway.port, token, "get_tide").result["isError"])

    threads = [threading.Thread(target=calls) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        figures(gateway)
    for thread in threads:
        thread.join()
    wire.call(gateway.port, token, "no_such_tool_of_mine")
    wire.call(gateway.port, token, "get_tide", {"seconds": "many"})
    wire.call(gateway.port, token, "get_fault")
    wire.call(gateway.port, token, "create_job", {"name": "x"})
    same(ends, [False] * 80)
    after = until(
        lambda: (found := figures(gateway))
        and value(found, "sallyport_log_unsealed_entries") == 0
        and found
    )
    read = {"source": "quay", "bucket": "read", "effect": "allow"}
    same(value(after, "sallyport_calls_total", outcome="result", **read), 80)
    same(value(after, "sallyport_calls_total", outcome="failure", **read), 1)
    same(
        value(after, "sallyport_calls_total", source="quay", bucket="write", effect="ask", outcome="pending"), 1
    )
    same(value(after, "sallyport_calls_total", source="", bucket="", effect="", outcome="refused"), 1)
    same(value(after, "sallyport_refusals_total", code="unknown-tool"), 1)
    same(value(after, "sallyport_refusals_total", code="invalid-arguments"), 1)
    same(value(after, "sallyport_approvals_waiting"), 1)
    same(value(after, "sallyport_call_duration_seconds_count"), 84)
    same(value(after, "sallyport_call_stage_duration_seconds_count", stage="dispatch"), 81)
    same(value(after, "sallyport_source_breaker_open", source="quay"), 0)
    that(value(after, "sallyport_journal_commits_total") > 1, "commits")
    that(value(after, "sallyport_log_entries") == value(after, "sallyport_journal_entries") > 80, "entries")
    that(0 <= value(after, "sallyport_log_checkpoint_age_seconds") < 60, "age")
    that(value(after, "process_resident_memory_bytes") > 1 << 20, "memory")
    that(value(after, "process_open_fds") > 5, "files")
    that(abs(value(after, "process_start_time_seconds") - time.time()) < 300, "start")
    text = get(gateway, "/metrics").body.decode()
    for word in ["no_such_tool_of_mine", "ana", "interop", "get_tide", token]:
        that(word not in text, f"'{word}' is in the figures")


@case
def figures_take_a_token_where_one_is_set(world):
    gateway = world.gateway(observe=", secret: scraper")
    gateway.do("vault", "put", "scraper", stdin="scraper-token-marker")
    gateway.start()
    for headers in [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic scraper-token-marker"}]:
        same(get(gateway, "/metrics", headers).status, 401, headers)
    reply = get(gateway, "/metrics", {"Authorization": "Bearer scraper-token-marker"})
    same(reply.status, 200)
    that(b"scraper-token-marker" not in reply.body, "the token is shown")
    same(get(gateway, "/healthz").status, 200)


@case
def a_page_that_was_pointed_here_reads_nothing(world):
    gateway = world.gateway().start()
    until(lambda: get(gateway, "/readyz").status == 200)
    for path in ["/metrics", "/healthz", "/readyz"]:
        for headers, status in [
            ({"Host": f"rebound.example:{gateway.observe}"}, 403), ({"Origin": "https://page.example"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "none"}, 200),
            ({"Host": f"localhost:{gateway.observe}"}, 200),
        ]:  # fmt: skip
            same(get(gateway, path, headers).status, status, f"{path} {headers}")


@case
def nobody_holds_the_connections_of_operators(world):
    gateway = world.gateway().start()
    held = []
    with contextlib.ExitStack() as stack:
        for number in range(60):
            held.append(stack.enter_context(socket.create_connection(("127.0.0.1", gateway.observe), 30)))
            with contextlib.suppress(OSError):
                # Questions without an end whose answers nobody takes, and a body that comes a byte at a time.
                held[-1].sendall(
                    b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100 if number % 2
                    else b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"
                )
        began = time.monotonic()
        same(get(gateway, "/healthz").status, 200)
        that(time.monotonic() - began < 25, "it took long")
    reply = get(gateway, "/healthz")
    same(reply.header("connection"), "close")


@case
def others_than_this_machine_need_three_words(world):
    for more, word in [
        ("listen: 0.0.0.0:0", "allow-remote"), ("listen: 0.0.0.0:0, allow-remote: true", "secret"),
        ("listen: 0.0.0.0:0, allow-remote: true, secret: s", "tls"),
    ]:  # fmt: skip
        gateway = world.rig.quay_gateway(world.upstream, extra=f"observe: {{ {more} }}\n")
        told = gateway.run("check")
        that(told.status == 1 and word in told.out, told)


@case
def others_get_figures_over_tls_with_a_token(world):
    gateway = world.gateway(more="tls: { certificate: gateway.pem, key: gateway.key }\n")
    rig.certificate(gateway.folder)
    text = gateway.config.read_text()
    gateway.config.write_text(
        text.replace(f"listen: 127.0.0.1:{gateway.observe}", f"listen: 0.0.0.0:{gateway.observe}, allow-remote: true, secret: s")
    )
    gateway.do("vault", "put", "s", stdin="scraper-token-marker")
    gateway.start()
    trust = ssl.create_default_context(cafile=str(gateway.folder / "gateway.pem"))
    for headers, status in [({}, 401), ({"Authorization": "Bearer scraper-token-marker"}, 200)]:
        connection = http.client.HTTPSConnection("127.0.0.1", gateway.observe, timeout=30, context=trust)
        connection.request("GET", "/metrics", headers=headers)
        same(connection.getresponse().status, status)
        connection.close()


# Traces


@case
def a_call_is_a_child_of_the_clients_span_and_the_source_of_ours(world):
    collector, upstream = world.collector(), world.rig.upstream()
    gateway = world.gateway(upstream, traces=collector.url).start()
    token = gateway.token("ana")
    meta = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "v=tracestate-marker", "baggage": "b=baggage-marker"}
    reply = wire.call(gateway.port, token, "get_tide", meta=meta)
    seen = upstream.carried["/tide"]
    spans = {span.kind: span for span in collector.wait_for(2)}
    server, client = spans[2], spans[3]
    same((server.trace_id.hex(), server.parent_span_id.hex()), (TRACE, PARENT))
    same((client.trace_id.hex(), client.parent_span_id), (TRACE, server.span_id))
    same(seen["traceparent"], f"00-{TRACE}-{client.span_id.hex()}-01")
    that(not {"tracestate", "baggage"} & {name.lower() for name in seen}, seen)
    that("marker" not in str(seen), seen)
    same(server.name, "tools/call get_tide")
    found = attributes(server)
    same(found["mcp.method.name"], "tools/call")
    same(found["gen_ai.tool.name"], "get_tide")
    same(found["sallyport.call.id"], reply.result["_meta"]["dev.sallyport/call"])
    same((found["sallyport.effect"], found["sallyport.outcome"]), ("allow", "result"))
    same(attributes(client)["http.response.status_code"], 200)
    that(
        server.start_time_unix_nano <= client.start_time_unix_nano <= client.end_time_unix_nano
        <= server.end_time_unix_nano,
        spans,
    )
    that(abs(server.start_time_unix_nano / 1e9 - time.time()) < 60, server)
    # What is no trace is as if it were not there.
    for bad in ["nonsense", f"00-{TRACE}-{PARENT}-0g", f"00-{'0' * 32}-{PARENT}-01", "x" * 10_000, 7, None]:
        reply = wire.call(gateway.port, token, "get_tide", meta={"traceparent": bad})
        same(reply.result["isError"], False, f"{bad}: {reply}")
        that(TRACE not in upstream.carried["/tide"]["traceparent"], bad)
    # Who did not keep the trace gets none, and the source is told so.
    wire.call(gateway.port, token, "get_tide", meta={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    seen = upstream.carried["/tide"]["traceparent"]
    that(seen.startswith(f"00-{TRACE}-") and seen.endswith("-00") and PARENT not in seen, seen)
    wire.call(gateway.port, token, "no_such_tool_of_mine", meta={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    spans = collector.wait_for(2 + 6 * 2 + 1)
    same(len(spans), 15)
    last = attributes(spans[-1])
    same((spans[-1].name, last["error.type"], "gen_ai.tool.name" in last), ("tools/call", "unknown-tool", False))
    that(b"no_such_tool_of_mine" not in b"".join(collector.bodies), "a name that the agent chose is in a trace")
    same(value(figures(gateway), "sallyport_spans_exported_total"), 15)


@case
def without_a_collector_the_trace_goes_on_with_a_parent_of_ours(world):
    upstream = world.rig.upstream()
    gateway = world.rig.quay_gateway(upstream).start()
    token = gateway.token("ana")
    wire.call(gateway.port, token, "get_tide", meta={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    seen = upstream.carried["/tide"]["traceparent"]
    that(seen.startswith(f"00-{TRACE}-") and seen.endswith("-01") and PARENT not in seen, seen)
    wire.call(gateway.port, token, "get_tide")
    that("traceparent" not in upstream.carried["/tide"], upstream.carried["/tide"])


@case
def a_collector_that_is_away_holds_up_no_call(world):
    port = rig.free_port()
    gateway = world.gateway(traces=f"http://127.0.0.1:{port}/v1/traces").start()
    token = gateway.token("ana")
    for _ in range(10):
        same(wire.call(gateway.port, token, "get_tide").result["isError"], False)
    until(lambda: value(figures(gateway), "sallyport_span_export_failures_total") > 0)
    same(value(figures(gateway), "sallyport_spans_dropped_total"), 0)
    collector = world.collector(port=port)
    same(len(collector.wait_for(20)), 20)
    # What it does not want is dropped, and counted.
    collector.status = 400
    wire.call(gateway.port, token, "get_tide")
    until(lambda: value(figures(gateway), "sallyport_spans_dropped_total") == 2)
    # The last spans leave before the process does.
    collector.status = 200
    wire.call(gateway.port, token, "get_tide")
    same(gateway.stop(), 0)
    same(len(collector.spans), 22)


@case
def a_collector_gets_its_token(world):
    collector = world.collector()
    gateway = world.gateway(traces=f"{collector.url}', secret: 'collector")
    gateway.do("vault", "put", "collector", stdin="collector-token-marker")
    gateway.start()
    wire.call(gateway.port, gateway.token("ana"), "get_tide")
    collector.wait_for(2)
    same(set(collector.authorizations), {"Bearer collector-token-marker"})
    same(gateway.stop(), 0)
    that("collector-token-marker" not in gateway.log(), "the token is in the log")


# Secrets


@case
def no_secret_gets_into_figures_or_traces(world):
    collector = world.collector()
    gateway = world.gateway(traces=collector.url)
    with_pin(gateway)
    gateway.start()
    token = gateway.token("ana")
    for tool, arguments in [
        ("create_job", {"name": "x", "pin": PIN}), ("get_told_refusal", {}), ("create_told_fault", {"name": PIN}),
        ("get_chatter", {}), ("get_wrong", {}), (PIN, {"pin": PIN}), ("create_job", {"pin": PIN, PIN: PIN}),
    ]:  # fmt: skip
        wire.call(gateway.port, token, tool, arguments, meta={"traceparent": f"00-{TRACE}-{PARENT}-01", "x": PIN})
    collector.wait_for(7)
    gateway_text = get(gateway, "/metrics").body
    gateway.stop()
    for what, text in [("figures", gateway_text), ("traces", b"".join(collector.bodies)), ("log", gateway.log().encode())]:
        for marker in [PIN, QUAY_KEY, token, "undeclared"]:
            that(marker.encode() not in text, f"'{marker}' is in the {what}")


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
